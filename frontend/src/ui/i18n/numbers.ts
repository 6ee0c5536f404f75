/** Numbers as people read them: few figures, a true minus sign, and as in code `1.4e38`. */

/** For sentences and readouts. digits: significant ones. NaN and infinity as themselves. */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  const text = size >= 1e5 || size < 1e-4 ? rounded.toExponential().replace('+', '') : String(rounded);
  return text.replaceAll('-', '−');
}

/** A factor, with as many digits as show that it is not 1: two significant ones of the difference, three decimals at least. */
export function formatFactor(value: number): string {
  const difference = Math.abs(value - 1);
  if (!(difference > 1e-14 && difference < 0.01)) return formatNumber(value);
  return String(Number(value.toFixed(1 - Math.floor(Math.log10(difference)))));
}

/** A point or a direction, as in a text book. */
export function formatPoint(values: readonly number[], digits = 3): string {
  return values.length === 1 ? formatNumber(values[0] as number, digits) : `(${values.map((value) => formatNumber(value, digits)).join(', ')})`;
}

/** For a field: what can be typed back in and is the same number. */
export function toFieldText(value: number): string {
  return String(value);
}

/** What was typed, or null where it is no number. A comma for the point, a true minus sign and ×10^ are understood. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/[−–]/g, '-').replace(',', '.').replace(/\s*[×*x]\s*10\^?/i, 'e');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : null;
}
