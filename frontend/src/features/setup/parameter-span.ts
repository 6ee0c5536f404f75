/** What the slider of a parameter of a typed function spans: from minus a round number to that number. */

const LEAST = 5;

/** The smallest of 5, 10, 20, 50, 100 … that holds the value, and is no smaller than before. */
export function spanOf(value: number, before = LEAST): number {
  const size = Math.abs(value);
  for (let ten = 1; ; ten *= 10) {
    for (const digit of [5, 10, 20]) if (digit * ten >= Math.max(size, before)) return digit * ten;
  }
}
