/** The tiles of a sweep as a picture: coarse where only coarse pixels are known. */
import type { Sweep, Tile } from '../../core/protocol/wire';

/** As the engine counts them. */
export const RUNNING = 0;
export const CONVERGED = 1;
export const DIVERGED = 2;

export interface Pixel {
  /** The experiment's numbers on both axes. */
  readonly values: readonly [number, number];
  readonly status: number;
  /** At which it diverged, from which on it stays at a minimum, or the last one. */
  readonly step: number;
  /** Parameters of the minimum; null where there is none. */
  readonly minimum: readonly number[] | null;
}

/** Colours as red, green and blue. */
export type Colour = readonly [number, number, number];

export interface Palette {
  readonly running: Colour;
  /** What a hue fades to. */
  readonly ground: Colour;
}
export const LIGHT: Palette = { running: [224, 224, 224], ground: [255, 255, 255] };
export const DARK: Palette = { running: [62, 70, 79], ground: [20, 25, 31] };

/** Okabe & Ito 2008: told apart with every kind of colour vision. The first is for divergence. As in the pictures of `steepest sweep`. */
const HUES: readonly Colour[] = [[213, 94, 0], [0, 114, 178], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [120, 94, 60]];
/** The share of a hue that is left at the last step. */
const FAINTEST = 0.3;

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
  /** The known pixel whose colour is shown there; -1: none. */
  private readonly source: Int32Array;
  private readonly values: readonly [Float64Array, Float64Array];

  constructor(readonly sweep: Sweep) {
    [this.nx, this.ny] = sweep.axes.map(({ count }) => count) as [number, number];
    const size = this.nx * this.ny;
    this.status = new Uint8Array(size);
    this.step = new Int32Array(size);
    this.minimum = new Int32Array(size);
    this.source = new Int32Array(size).fill(-1);
    this.values = [new Float64Array(this.nx), new Float64Array(this.ny)];
  }

  get whole(): boolean {
    return this.count > 0 && this.tiles === this.count;
  }

  add({ number, count, starts, strides, counts, values, arrays, minima, curvature }: Tile): void {
    const { status, step, minimum } = arrays;
    const [x0, y0] = starts as [number, number];
    const [sx, sy] = strides as [number, number];
    const [cx, cy] = counts as [number, number];
    if (!status || !step || !minimum) throw new Error('a tile without outcomes');
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
        this.status[at] = status.values[from] as number;
        this.step[at] = step.values[from] as number;
        this.minimum[at] = minimum.values[from] as number;
        this.note(at);
        this.fill(at, i, j, sx / half, sy / half);
      }
    }
  }

  /** The run at a pixel, or the nearest one that is known; null before the first tile. */
  at(i: number, j: number): Pixel | null {
    const from = this.source[i * this.ny + j] ?? -1;
    if (from < 0) return null;
    const [x, y] = [Math.floor(from / this.ny), from % this.ny];
    return {
      values: [this.values[0][x] as number, this.values[1][y] as number],
      status: this.status[from] as number,
      step: this.step[from] as number,
      minimum: this.minima[this.minimum[from] as number] ?? null,
    };
  }

  /** Writes red, green, blue and alpha of each pixel, row by row from the top. */
  paint(into: Uint8ClampedArray, palette: Palette): void {
    const longest = Math.log1p(this.sweep.steps);
    for (let j = 0; j < this.ny; j += 1) {
      for (let i = 0; i < this.nx; i += 1) {
        const from = this.source[i * this.ny + j] as number;
        const to = 4 * ((this.ny - 1 - j) * this.nx + i);
        const [red, green, blue] = from < 0 ? palette.ground : this.colour(from, longest, palette);
        into[to] = red;
        into[to + 1] = green;
        into[to + 2] = blue;
        into[to + 3] = 255;
      }
    }
  }

  private colour(at: number, longest: number, palette: Palette): Colour {
    const status = this.status[at];
    if (status === RUNNING) return palette.running;
    const hue = status === DIVERGED ? divergedHue() : minimumHue(this.minimum[at] as number);
    return faded(hue, Math.log1p(this.step[at] as number) / longest, palette); // the first steps differ most
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

export const divergedHue = (): Colour => HUES[0] as Colour;
export const minimumHue = (minimum: number): Colour => HUES[1 + (minimum % (HUES.length - 1))] as Colour;

/** A hue at a share of the way from the first step to the last. */
export function faded(hue: Colour, share: number, { ground }: Palette): Colour {
  const strength = 1 - (1 - FAINTEST) * share;
  return hue.map((part, n) => Math.round((ground[n] as number) + (part - (ground[n] as number)) * strength)) as unknown as Colour;
}

/** For CSS: a hue from the first step to the last. */
export function fading(hue: Colour, palette: Palette): string {
  const css = (share: number): string => `rgb(${faded(hue, share, palette).join(' ')})`;
  return `linear-gradient(to right, ${css(0)}, ${css(1)})`;
}
