/** What a learning rate's slider spans: two decades around the rate known to work, moved by whole decades. */
import type { Range } from '../../ui/controls/slider-scale';

/** The span moved by some decades from the known rate. */
export function spanAt(known: number, decades: number): Range {
  return { low: tidy(known * 10 ** (decades - 1)), high: tidy(known * 10 ** (decades + 1)), scale: 'log', whole: false };
}

/** The decades that the span must be moved by to hold a value; as few as possible from `decades` on. A rate of 0 needs none. */
export function decadesFor(known: number, value: number, decades: number): number {
  let moved = decades;
  while (value > 0 && value > spanAt(known, moved).high) moved += 1;
  while (value > 0 && value < spanAt(known, moved).low) moved -= 1;
  return moved;
}

/** Without the rounding errors of a power. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
