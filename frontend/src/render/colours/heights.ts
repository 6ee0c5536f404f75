/** From a grid of losses to heights to colour: finite, spread out, with contour levels. */

export interface Heights {
  /** float64, the shape of the grid. NaN stays NaN (a hole), infinities are at the ends. */
  readonly z: Float64Array;
  /** Range of `z`. */
  readonly low: number;
  readonly high: number;
  /** Distance of two contour lines: a round number in units of `z`. */
  readonly size: number;
  /** The height of a loss; not clipped to the range. */
  readonly heightOf: (loss: number) => number;
  /** The loss at a height: the inverse of `heightOf`. */
  readonly lossOf: (height: number) => number;
}

/** How heights follow from losses: log10 above the floor, square root above the floor (for colours), or the loss itself. */
export type HeightScale = 'log' | 'root' | 'linear';

/**
 * z: losses, any of them not finite. floor: the lowest known loss, if there is one; a grid rarely hits a minimum.
 * 'root' and 'linear' clip the range at the 1st and 99th percentile where a few cells are far from the rest.
 * leastSoft: a loss above the floor, from which on 'log' tells losses apart; without it, 1/3000 of the median.
 */
export function heightsOf(z: Float32Array, scale: HeightScale, floor: number | null, lines = 16, leastSoft = 0): Heights {
  const sorted = Float64Array.from(z).filter(Number.isFinite).sort();
  if (sorted.length === 0) {
    return { z: new Float64Array(z.length).fill(Number.NaN), low: 0, high: 1, size: 1, heightOf: () => 0, lossOf: () => Number.NaN };
  }
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const lowest = Math.min(quantile(0), floor !== null && Number.isFinite(floor) ? floor : quantile(0));
  // One part in 3,000 of the median keeps the minimum finite and the valley floor visible.
  const soft = Math.max((quantile(0.5) - lowest) / 3000, leastSoft, Number.MIN_VALUE * 1e16);
  const heightOf = {
    log: (loss: number) => Math.log10(Math.max(loss - lowest, 0) + soft),
    // The square root spaces the contours of a bowl evenly instead of crowding them at its rim.
    root: (loss: number) => Math.sqrt(Math.max(loss - lowest, 0)),
    linear: (loss: number) => loss,
  }[scale];
  const lossOf = {
    log: (height: number) => 10 ** height - soft + lowest,
    root: (height: number) => Math.max(height, 0) ** 2 + lowest,
    linear: (height: number) => height,
  }[scale];
  const ends = scale === 'log' ? [quantile(0), quantile(1)] : clippedRange(quantile);
  let [low, high] = ends.map(heightOf) as [number, number];
  if (!(high > low)) high = low + 1;
  const heights = Float64Array.from(z, (loss) => (Number.isNaN(loss) ? Number.NaN : Math.min(high, Math.max(low, heightOf(loss)))));
  return { z: heights, low, high, size: niceStep((high - low) / lines), heightOf, lossOf };
}

/** The lowest and highest value, or the 1st and 99th percentile where the ends lie beyond twice the middle nine tenths. */
function clippedRange(quantile: (share: number) => number): [number, number] {
  const [p0, p5, p95, p100] = [0, 0.05, 0.95, 1].map(quantile) as [number, number, number, number];
  const middle = p95 - p5;
  return [p0 < p5 - 2 * middle ? quantile(0.01) : p0, p100 > p95 + 2 * middle ? quantile(0.99) : p100];
}

/** The least of 1, 2, 2.5, 5 x 10^n that is no less than `raw` > 0. */
export function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5].find((nice) => raw / power <= nice * (1 + 1e-12)) ?? 10) * power;
}

/** z[iy][ix], as Plotly takes it; holes are null. */
export function toRows(values: ArrayLike<number>, nx: number, ny: number): (number | null)[][] {
  const cell = (n: number): number | null => (Number.isNaN(values[n] as number) ? null : (values[n] as number));
  return Array.from({ length: ny }, (_, iy) => Array.from({ length: nx }, (_, ix) => cell(iy * nx + ix)));
}

/** n points from low to high, both included. */
export function linspace(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => low + ((high - low) * i) / Math.max(n - 1, 1));
}
