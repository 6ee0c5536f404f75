/** Poles in sampled losses: where the values grow without bound on both sides, towards opposite ends. */

/** Slopes on both sides of a pole grow at least by this factor towards it. */
const GROWTH = 1.5;

/**
 * For samples v(0) ... v(count - 1) at equal distances: calls back with each n such that a pole is between n and n + 1.
 *
 * There the values rise on both sides and drop between (or fall and jump), the jump is larger than both slopes, and these
 * are steeper the nearer they are. An infinite value is itself at the pole, and no such n.
 */
export function eachPole(count: number, v: (n: number) => number, found: (n: number) => void): void {
  for (let n = 2; n + 3 < count; n++) {
    const jump = v(n + 1) - v(n);
    const [left, right] = [v(n) - v(n - 1), v(n + 2) - v(n + 1)];
    if (!(left * jump < 0 && right * jump < 0 && Math.abs(jump) > Math.max(Math.abs(left), Math.abs(right)))) continue;
    const [before, after] = [v(n - 1) - v(n - 2), v(n + 3) - v(n + 2)];
    if (Math.abs(left) >= GROWTH * Math.abs(before) && Math.abs(right) >= GROWTH * Math.abs(after)) found(n);
  }
}

/** The values with NaN at a pole, so that no line is drawn through it. */
export function withGaps(values: readonly number[]): number[] {
  const gapped = [...values];
  eachPole(values.length, (n) => values[n] as number, (n) => {
    gapped[Math.abs(values[n] as number) > Math.abs(values[n + 1] as number) ? n : n + 1] = Number.NaN;
  });
  return gapped;
}

/** The same for a grid, z[iy * nx + ix], along its rows and columns; the grid itself where it has no pole. */
export function withHoles<Grid extends { readonly nx: number; readonly ny: number; readonly z: Float32Array }>(grid: Grid): Grid {
  const { nx, ny, z } = grid;
  let holes: Float32Array | null = null;
  const along = (first: number, step: number, count: number): void =>
    eachPole(count, (n) => z[first + n * step] as number, (n) => {
      holes ??= z.slice();
      const [one, other] = [first + n * step, first + (n + 1) * step];
      holes[Math.abs(z[one] as number) > Math.abs(z[other] as number) ? one : other] = Number.NaN;
    });
  for (let iy = 0; iy < ny; iy++) along(iy * nx, 1, nx);
  for (let ix = 0; ix < nx; ix++) along(ix, nx, ny);
  return holes ? { ...grid, z: holes } : grid;
}
