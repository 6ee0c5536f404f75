/** The tiles of a sweep, put together: coarse where only coarse pixels are known. */
import type { Sweep, Tile } from '../../core/protocol/wire';

/** As the engine counts them. */
export const RUNNING = 0;
export const CONVERGED = 1;
export const DIVERGED = 2;

/** What became of a run. */
export interface Outcome {
  readonly status: number;
  /** At which it diverged, from which on it stays at a minimum, or the last one. */
  readonly step: number;
  /** Number of the minimum; −1 where there is none. */
  readonly minimum: number;
}

export interface Pixel {
  /** The experiment's numbers on both axes. */
  readonly values: readonly [number, number];
  /** A number where the sweep's measure is one; infinite where the run diverged, or never came there. */
  readonly found: Outcome | number;
}

/** Of the known pixels of a measure that is a number. */
export interface Range {
  readonly low: number;
  /** The lowest above 0; `high` where there is none. */
  readonly positive: number;
  /** Without a few that are far higher than all others, as where runs are about to diverge. */
  readonly high: number;
  /** Some are higher. */
  readonly above: boolean;
  /** Some are not finite. */
  readonly never: boolean;
}

/** The share of the pixels that is never left out of the range, and the factor from its highest value from which on others are. */
const MOST = 0.9;
const FAR = 100;

export class Picture {
  readonly nx: number;
  readonly ny: number;
  /** Tiles that are in it, and all of them; 0 before the first. */
  tiles = 0;
  count = 0;
  minima: readonly (readonly number[])[] = [];
  curvature: number | null = null;
  /** Numbers of the minima where runs end, and whether others diverge or go on. */
  readonly reached = new Set<number>();
  diverges = false;
  goesOn = false;

  // Each pixel i * ny + j, i to the right and j up.
  private readonly status: Uint8Array;
  private readonly step: Int32Array;
  private readonly minimum: Int32Array;
  private readonly value: Float64Array;
  /** The known pixel whose colour is shown there; -1: none. */
  private readonly source: Int32Array;
  private readonly values: readonly [Float64Array, Float64Array];

  constructor(readonly sweep: Sweep) {
    [this.nx, this.ny] = sweep.axes.map(({ count }) => count) as [number, number];
    const size = this.nx * this.ny;
    this.status = new Uint8Array(size);
    this.step = new Int32Array(size);
    this.minimum = new Int32Array(size);
    this.value = new Float64Array(size);
    this.source = new Int32Array(size).fill(-1);
    this.values = [new Float64Array(this.nx), new Float64Array(this.ny)];
  }

  get whole(): boolean {
    return this.count > 0 && this.tiles === this.count;
  }

  add({ number, count, starts, strides, counts, values, arrays, minima, curvature }: Tile): void {
    const { status, step, minimum, value } = arrays;
    const [x0, y0] = starts as [number, number];
    const [sx, sy] = strides as [number, number];
    const [cx, cy] = counts as [number, number];
    if (!value && !(status && step && minimum)) throw new Error('a tile without outcomes');
    if (number < this.tiles) return; // sent again after a lost connection: coarser than what is there
    this.tiles = Math.max(this.tiles, number + 1);
    this.count = count;
    this.curvature = curvature;
    const dim = minima.shape[1] ?? 0;
    this.minima = Array.from({ length: minima.shape[0] ?? 0 }, (_, n) => Array.from(minima.values.subarray(n * dim, (n + 1) * dim)));
    values.forEach(({ values: along }, n) => along.forEach((value, k) => ((this.values[n] as Float64Array)[(starts[n] as number) + k * (strides[n] as number)] = value)));
    // The first tiles stand for all pixels up to their neighbours, those after them for half as many each way.
    const half = x0 % sx === 0 && y0 % sy === 0 ? 1 : 2;
    for (let k = 0; k < cx; k += 1) {
      for (let m = 0; m < cy; m += 1) {
        const [i, j, from] = [x0 + k * sx, y0 + m * sy, k * cy + m];
        const at = i * this.ny + j;
        if (value) this.value[at] = value.values[from] as number;
        else {
          this.status[at] = status?.values[from] as number;
          this.step[at] = step?.values[from] as number;
          this.minimum[at] = minimum?.values[from] as number;
          this.note(at);
        }
        this.fill(at, i, j, sx / half, sy / half);
      }
    }
  }

  /** The run at a pixel, or the nearest one that is known; null before the first tile. */
  at(i: number, j: number): Pixel | null {
    const from = this.source[i * this.ny + j] ?? -1;
    if (from < 0) return null;
    const [x, y] = [Math.floor(from / this.ny), from % this.ny];
    return { values: [this.values[0][x] as number, this.values[1][y] as number], found: this.found(from) };
  }

  /** What is known at a pixel, or beside it; null before the first tile. */
  foundAt(i: number, j: number): Outcome | number | null {
    const from = this.source[i * this.ny + j] as number;
    return from < 0 ? null : this.found(from);
  }

  /** Parameters of a minimum; null where an axis changes the problem, and its minima with it. */
  minimumAt(number: number): readonly number[] | null {
    return this.minima[number] ?? null;
  }

  /** Of a measure that is a number. */
  range(): Range {
    const known = this.value.filter((_, at) => this.source[at] === at);
    const finite = known.filter(Number.isFinite).sort();
    const never = finite.length < known.length;
    const [low = 0, highest = 1] = [finite[0], finite.at(-1)];
    const most = finite[Math.ceil(MOST * finite.length) - 1] ?? highest;
    const above = low >= 0 && most > 0 && highest > FAR * most;
    const high = above ? most : highest;
    return { low, positive: Math.min(high, finite.find((value) => value > 0) ?? high), high, above, never };
  }

  private found(from: number): Outcome | number {
    if (this.sweep.measure !== 'outcome') return this.value[from] as number;
    return { status: this.status[from] as number, step: this.step[from] as number, minimum: this.minimum[from] as number };
  }

  private note(at: number): void {
    const status = this.status[at];
    if (status === CONVERGED) this.reached.add(this.minimum[at] as number);
    else if (status === DIVERGED) this.diverges = true;
    else this.goesOn = true;
  }

  private fill(at: number, i: number, j: number, width: number, height: number): void {
    for (let x = i; x < Math.min(this.nx, i + width); x += 1) {
      this.source.fill(at, x * this.ny + j, x * this.ny + Math.min(this.ny, j + height));
    }
  }
}
