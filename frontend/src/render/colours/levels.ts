/** Losses whose contour lines are drawn and labelled: round numbers, about evenly spaced in height. */
import { niceStep, type Heights } from './heights';

/** At most `count` losses, ascending, none at the ends of the range. */
export function roundLevels({ low, high, heightOf, lossOf }: Heights, count: number): number[] {
  const step = (high - low) / count;
  const [first, middle, last] = [low, (low + high) / 2, high].map(lossOf) as [number, number, number];
  if (!(last > first)) return [];
  // Heights that are the loss itself: multiples of one step.
  if (Math.abs(middle - (first + last) / 2) < 1e-6 * (last - first)) return multiplesOf(niceStep((last - first) / count), first, last);
  const found = new Set<number>();
  for (let n = 0; n < count; n++) {
    const loss = roundest(lossOf(low + n * step), lossOf(low + (n + 1) * step));
    if (heightOf(loss) > low && heightOf(loss) < high) found.add(loss);
  }
  return [...found].sort((a, b) => a - b);
}

function multiplesOf(step: number, low: number, high: number): number[] {
  const found: number[] = [];
  for (let n = Math.floor(low / step) + 1; n * step < high; n++) found.push(rounded(n * step, step));
  return found;
}

/** The number between two others that has the fewest digits; the largest of them in size, and 0 if it lies between. */
function roundest(low: number, high: number): number {
  if (low <= 0 && high >= 0) return 0;
  for (let power = 10 ** Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high)))); power > Number.MIN_VALUE * 1e16; power /= 10) {
    for (const unit of [power, power / 2, power / 5]) {
      const multiple = Math.floor(high / unit) * unit;
      if (multiple >= low) return rounded(multiple, unit);
    }
  }
  return (low + high) / 2;
}

/** Without the digits that a product of floats has too many. */
function rounded(value: number, unit: number): number {
  return Number(value.toPrecision(Math.max(1, Math.ceil(Math.log10(Math.abs(value / unit) || 1)) + 2)));
}
