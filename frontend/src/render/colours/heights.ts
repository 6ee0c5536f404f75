/** From a grid of losses to heights worth colouring: finite, spread out, with levels between. */

export interface Heights {
  /** Same shape as the grid; NaN stays NaN (a hole), infinities are at the ends. */
  readonly z: Float64Array;
  readonly low: number;
  readonly high: number;
  /** Distance of two contour lines, a round number of the height's own units. */
  readonly size: number;
  /** From a loss to its height; the 3-D paths are lifted with it. */
  readonly lift: (loss: number) => number;
}

/**
 * z: losses, any of them not finite. form 'log': the height is log10 of the loss above its floor. floor: the lowest known
 * loss, if any is declared; a grid seldom hits a minimum.
 * Otherwise it is the square root of that ('root', for colours) or the loss itself ('linear', for a shape), and the range
 * is cut at the 1st and 99th percentile where a few cells stand far from the rest.
 */
export function heightsOf(z: Float32Array, form: 'log' | 'root' | 'linear', floor: number | null, lines = 16): Heights {
  const sorted = Float64Array.from(z).filter(Number.isFinite).sort();
  if (sorted.length === 0) {
    return { z: new Float64Array(z.length).fill(Number.NaN), low: 0, high: 1, size: 1, lift: () => 0 };
  }
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const lowest = Math.min(at(0), floor !== null && Number.isFinite(floor) ? floor : at(0));
  let lift: (loss: number) => number;
  let low: number;
  let high: number;
  if (form === 'log') {
    // One part in 3,000 of the median keeps the minimum itself finite and the valley's floor in sight.
    const soft = Math.max((at(0.5) - lowest) / 3000, Number.MIN_VALUE * 1e16);
    lift = (loss) => Math.log10(Math.max(loss - lowest, 0) + soft);
    low = lift(at(0));
    high = lift(at(1));
  } else if (form === 'root') {
    // The square root spreads the contours of a bowl evenly instead of crowding them at its rim.
    lift = (loss) => Math.sqrt(Math.max(loss - lowest, 0));
    [low, high] = cutEnds(at(0), at(0.05), at(0.95), at(1), at(0.01), at(0.99)).map(lift) as [number, number];
  } else {
    lift = (loss) => loss;
    [low, high] = cutEnds(at(0), at(0.05), at(0.95), at(1), at(0.01), at(0.99));
  }
  if (!(high > low)) high = low + 1;
  const size = niceStep((high - low) / lines);
  const out = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) {
    const value = z[i] as number;
    out[i] = Number.isNaN(value) ? Number.NaN : Math.min(high, Math.max(low, lift(value)));
  }
  return { z: out, low, high, size, lift };
}

/** The lowest and highest value, or the percentiles where the ends lie beyond twice the middle nine tenths. */
function cutEnds(p0: number, p5: number, p95: number, p100: number, p1: number, p99: number): [number, number] {
  const middle = p95 - p5;
  return [p0 < p5 - 2 * middle ? p1 : p0, p100 > p95 + 2 * middle ? p99 : p100];
}

/** The least of 1, 2, 2.5, 5 x 10^n that is no less than `raw` > 0. */
export function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  for (const nice of [1, 2, 2.5, 5]) if (lead <= nice * (1 + 1e-12)) return nice * power;
  return 10 * power;
}

/** Rows for Plotly: z[iy][ix]; holes are null. */
export function rows(values: ArrayLike<number>, nx: number, ny: number): (number | null)[][] {
  const out: (number | null)[][] = [];
  for (let iy = 0; iy < ny; iy++) {
    const row: (number | null)[] = new Array<number | null>(nx);
    for (let ix = 0; ix < nx; ix++) {
      const value = values[iy * nx + ix] as number;
      row[ix] = Number.isNaN(value) ? null : value;
    }
    out.push(row);
  }
  return out;
}

/** n points from low to high, both included. */
export function spaced(low: number, high: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => low + ((high - low) * i) / Math.max(n - 1, 1));
}
