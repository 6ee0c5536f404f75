/** Numbers as text: few digits, a true minus sign, and exponents as in code, `1.4e38`. */

/** For sentences and readouts. digits: significant ones. Also NaN and ±∞. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  const text = size >= 1e5 || size < 1e-4 ? rounded.toExponential().replace('+', '') : String(rounded);
  return text.replaceAll('-', '−');
}

/** A factor, with enough digits to show how it differs from 1: two significant digits of the difference. */
export function formatFactor(value: number): string {
  const difference = Math.abs(value - 1);
  if (!(difference > 1e-14 && difference < 0.01)) return formatNumber(value);
  return String(Number(value.toFixed(1 - Math.floor(Math.log10(difference)))));
}

/** Of more coordinates the first are written out. */
const MOST_COORDINATES = 6;

/** A point or a direction, `(1, 2)`; a number for one coordinate. */
export function formatPoint(values: readonly number[], digits = 3): string {
  if (values.length === 1) return formatNumber(values[0] as number, digits);
  const first = values.slice(0, MOST_COORDINATES).map((value) => formatNumber(value, digits));
  return `(${first.join(', ')}${values.length > MOST_COORDINATES ? ', …' : ''})`;
}

/** For a field: `parseNumber` gives the same number again. */
export function toFieldText(value: number): string {
  return String(value);
}

/** The typed number, or null. Also accepts a decimal comma, a true minus sign and ×10^. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/[−–]/g, '-').replace(',', '.').replace(/\s*[×*x]\s*10\^?/i, 'e');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
