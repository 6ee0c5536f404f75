/** The line along which values on a grid are one level, by marching squares. */

/**
 * Calls `segment` with each piece, in grid coordinates: x 0..nx-1 and y 0..ny-1. values: [iy * nx + ix], read through
 * `at`. A cell with a value that is not a number has none; in a saddle's cell the average says which corners belong
 * together.
 */
export function traceLevel(
  nx: number,
  ny: number,
  level: number,
  at: (n: number) => number,
  segment: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  for (let y = 0; y + 1 < ny; y++) {
    for (let x = 0; x + 1 < nx; x++) {
      const n = y * nx + x;
      // Above the level: corners (x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1) as bits.
      const [a, b, c, d] = [at(n) - level, at(n + 1) - level, at(n + nx + 1) - level, at(n + nx) - level];
      const sides = (a > 0 ? 1 : 0) | (b > 0 ? 2 : 0) | (c > 0 ? 4 : 0) | (d > 0 ? 8 : 0);
      if (sides === 0 || sides === 15 || Number.isNaN(a + b + c + d)) continue;
      const bottom = x + share(a, b);
      const right = y + share(b, c);
      const top = x + share(d, c);
      const left = y + share(a, d);
      const joined = sides === 5 || sides === 10 ? (a + b + c + d > 0) === (sides === 5) : false;
      if (sides === 5 || sides === 10) {
        if (joined) {
          segment(bottom, y, x + 1, right);
          segment(x, left, top, y + 1);
        } else {
          segment(x, left, bottom, y);
          segment(x + 1, right, top, y + 1);
        }
      } else if (sides === 1 || sides === 14) segment(x, left, bottom, y);
      else if (sides === 2 || sides === 13) segment(bottom, y, x + 1, right);
      else if (sides === 4 || sides === 11) segment(x + 1, right, top, y + 1);
      else if (sides === 8 || sides === 7) segment(x, left, top, y + 1);
      else if (sides === 3 || sides === 12) segment(x, left, x + 1, right);
      else segment(bottom, y, top, y + 1); // 6, 9
    }
  }
}

/** Where between two values of opposite sign zero lies, 0..1. */
function share(from: number, to: number): number {
  return from === to ? 0.5 : from / (from - to);
}

/** Where values at equal distances from `low` to `high` cross a level, ascending. */
export function crossings(values: ArrayLike<number>, low: number, high: number, level: number): number[] {
  const found: number[] = [];
  const step = (high - low) / (values.length - 1);
  for (let n = 0; n + 1 < values.length; n++) {
    const [a, b] = [(values[n] as number) - level, (values[n + 1] as number) - level];
    if (a === 0) found.push(low + n * step);
    else if (a * b < 0) found.push(low + (n + a / (a - b)) * step);
  }
  return found;
}
