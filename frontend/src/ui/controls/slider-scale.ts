/** Between a slider's position and a Param's value: even in the value, or in its logarithm, as the Param declares. */

/** Positions of a slider: 0..NOTCHES. */
export const NOTCHES = 1000;

/** What a slider needs to know of a Param. */
export interface Span {
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
  readonly whole: boolean;
}

/** The nearest position; values outside the slider's range are at its ends. */
export function toPosition({ low, high, scale }: Span, value: number): number {
  const share = scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(NOTCHES * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)));
}

/** The value at a position, with no more figures than a position is worth; at the ends exactly the range's ends. */
export function fromPosition({ low, high, scale, whole }: Span, position: number): number {
  if (position <= 0) return low;
  if (position >= NOTCHES) return high;
  const share = position / NOTCHES;
  if (scale === 'log') {
    const value = low * (high / low) ** share;
    return whole ? Math.round(value) : Number(value.toPrecision(3));
  }
  const value = low + share * (high - low);
  if (whole) return Math.round(value);
  const decimals = Math.max(0, Math.ceil(-Math.log10((high - low) / NOTCHES)));
  return Number(value.toFixed(Math.min(decimals, 15)));
}
