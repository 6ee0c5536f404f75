/** The error of central differences against delta on logarithmic axes, as SVG lines. */
import type { GradientCheckAnswer } from '../../core/protocol/wire';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Axes {
  /** From a delta, or an error, to pixels. */
  x(delta: number): number;
  y(error: number): number;
  /** Powers of ten with a tick label. */
  readonly deltas: readonly number[];
  readonly errors: readonly number[];
}

/** The positive errors: 0 has no logarithm. */
function positive(errors: GradientCheckAnswer['errors32']): number[] {
  return errors.map(Number).filter((error) => Number.isFinite(error) && error > 0);
}

export function axesOf({ deltas, errors32, errors64 }: GradientCheckAnswer, { left, top, width, height }: Box): Axes {
  const all = [...positive(errors32), ...positive(errors64)].map(Math.log10);
  const low = Math.floor(Math.min(...all, -1));
  const high = Math.ceil(Math.max(...all, 0));
  const [first, last] = [Math.log10(Math.min(...deltas)), Math.log10(Math.max(...deltas))];
  const powers = (from: number, to: number, by: number): number[] => {
    const found: number[] = [];
    for (let power = Math.ceil(from / by) * by; power <= to + 1e-9; power += by) found.push(power);
    return found;
  };
  return {
    x: (delta) => left + ((Math.log10(delta) - first) / (last - first)) * width,
    y: (error) => top + (1 - (Math.log10(error) - low) / (high - low)) * height,
    deltas: powers(first, last, 3),
    errors: powers(low, high, high - low > 8 ? 4 : 2),
  };
}

export function lineOf(deltas: readonly number[], errors: GradientCheckAnswer['errors32'], { x, y }: Axes): string {
  let data = '';
  deltas.forEach((delta, n) => {
    const error = Number(errors[n]);
    if (Number.isFinite(error) && error > 0) data += `${data ? 'L' : 'M'}${x(delta).toFixed(1)} ${y(error).toFixed(1)}`;
  });
  return data;
}

/** The delta with the smallest error, and that error. */
export function least(deltas: readonly number[], errors: GradientCheckAnswer['errors32']): { delta: number; error: number } {
  const best = { delta: Number.NaN, error: Number.POSITIVE_INFINITY };
  deltas.forEach((delta, n) => {
    const error = Number(errors[n]);
    if (error < best.error) Object.assign(best, { delta, error });
  });
  return best;
}

/**
 * What the errors in float64 show. dip: the error of the formula at large deltas, rounding at small ones, and a least between
 * them. rounding, formula: only one of the two. exact: neither.
 */
export type Shape = 'dip' | 'rounding' | 'formula' | 'exact';

/** Smaller relative errors are rounding of the result itself. */
const ROUNDING = 1e-15;
/** An end of the curve must lie this many times above its least. */
const CLEARLY = 100;

export function shapeOf({ deltas, errors64 }: GradientCheckAnswer): Shape {
  const sorted = deltas.map((delta, n) => [delta, Number(errors64[n])] as const).sort(([one], [other]) => one - other);
  const errors = sorted.map(([, error]) => error).filter(Number.isFinite);
  const above = CLEARLY * Math.max(Math.min(...errors), ROUNDING);
  const [small, large] = [errors.slice(0, 2), errors.slice(-2)].map((end) => Math.max(...end) > above);
  if (small) return large ? 'dip' : 'rounding';
  return large ? 'formula' : 'exact';
}
