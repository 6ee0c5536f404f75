/** Numbers on a logarithmic axis: bins of equal width on it, and where a number is. */

export const BINS = 20;

/** Where a value is from low (0) to high (1); beyond them at the ends. */
export function shareOf(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, Math.log(value / low) / Math.log(high / low)));
}

/** Counts of the values in each of `bins` bins. */
export function binned(values: readonly number[], low: number, high: number, bins = BINS): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor(shareOf(value, low, high) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** The ends of a bin. */
export function endsOf(bin: number, low: number, high: number, bins = BINS): [number, number] {
  const at = (share: number): number => low * (high / low) ** share;
  return [at(bin / bins), at((bin + 1) / bins)];
}

/** Numbers at which the axis is labelled: powers of ten, with 2 and 5 times them where those are few. */
export function ticks(low: number, high: number): number[] {
  const within = (digits: readonly number[]): number[] => {
    const found: number[] = [];
    for (let ten = Math.floor(Math.log10(low)); ten <= Math.log10(high); ten++) {
      for (const digit of digits) found.push(Number(`${digit}e${ten}`));
    }
    return found.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  };
  const tens = within([1]);
  if (tens.length >= 3) return tens.filter((_, n) => n % Math.ceil(tens.length / 6) === 0);
  const more = within([1, 2, 5]);
  return more.length > 0 ? more : [low, high];
}

/** values: ascending, at least one. */
export function median(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  return ((values[Math.floor(middle)] ?? NaN) + (values[Math.ceil(middle)] ?? NaN)) / 2;
}
