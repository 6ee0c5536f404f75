/** Converts between a slider's position and a Param's value, on a linear or logarithmic scale. */

/** Slider positions are 0..POSITIONS. */
export const POSITIONS = 1000;

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
  readonly whole: boolean;
}

/** The nearest position; values outside the range go to its ends. */
export function toPosition({ low, high, scale }: Range, value: number): number {
  const share = scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  return Math.round(POSITIONS * Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)));
}

/** The value at a position, rounded to what one position resolves; at the ends exactly the range's ends. */
export function fromPosition({ low, high, scale, whole }: Range, position: number): number {
  if (position <= 0) return low;
  if (position >= POSITIONS) return high;
  const share = position / POSITIONS;
  if (scale === 'log') {
    const value = low * (high / low) ** share;
    return whole ? Math.round(value) : Number(value.toPrecision(3));
  }
  const value = low + share * (high - low);
  if (whole) return Math.round(value);
  const decimals = Math.max(0, Math.ceil(-Math.log10((high - low) / POSITIONS)));
  return Number(value.toFixed(Math.min(decimals, 15)));
}
