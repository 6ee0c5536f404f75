/** Level lines of values on a grid, and level crossings of values along a line. */

type Point = readonly [number, number];

/**
 * Calls `segment` with each piece of the line along which values have a level, by marching squares.
 *
 * at: value n = iy * nx + ix. Pieces are in grid coordinates, x 0..nx-1 and y 0..ny-1. A cell with a NaN corner has none;
 * in a saddle cell the average of the corners decides which of them are connected.
 */
export function traceLevel(
  nx: number, ny: number, level: number, at: (n: number) => number,
  segment: (x0: number, y0: number, x1: number, y1: number) => void,
): void {
  for (let y = 0; y + 1 < ny; y++) {
    for (let x = 0; x + 1 < nx; x++) {
      const n = y * nx + x;
      const [a, b, c, d] = [at(n) - level, at(n + 1) - level, at(n + nx + 1) - level, at(n + nx) - level];
      const above = (a > 0 ? 1 : 0) + (b > 0 ? 1 : 0) + (c > 0 ? 1 : 0) + (d > 0 ? 1 : 0);
      if (above === 0 || above === 4 || Number.isNaN(a + b + c + d)) continue;
      const left: Point = [x, y + zeroBetween(a, d)];
      const bottom: Point = [x + zeroBetween(a, b), y];
      const right: Point = [x + 1, y + zeroBetween(b, c)];
      const top: Point = [x + zeroBetween(d, c), y + 1];
      const join = ([x0, y0]: Point, [x1, y1]: Point): void => segment(x0, y0, x1, y1);
      if (above === 2 && (a > 0) === (c > 0)) {
        const connected = (a > 0) === (a + b + c + d > 0);
        join(connected ? bottom : left, connected ? right : bottom);
        join(connected ? left : right, top);
      } else {
        const ends = [
          ...((a > 0) !== (d > 0) ? [left] : []), ...((a > 0) !== (b > 0) ? [bottom] : []),
          ...((b > 0) !== (c > 0) ? [right] : []), ...((c > 0) !== (d > 0) ? [top] : []),
        ] as [Point, Point];
        join(...ends);
      }
    }
  }
}

/** Where between two values of opposite sign zero lies, 0..1. */
function zeroBetween(from: number, to: number): number {
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
