/** The surface as it is drawn: heights on a grid, and what a ray from the eye meets. */
import type { Scene } from '../../core/protocol/wire';
import type { Grid } from '../../core/session/types';
import { heightsOf, type Heights } from '../../render/colours/heights';
import { UNIT, type Interval } from '../../render/viewport/viewport';
import { floorOf } from '../loss-scene/figures';

/** A point in the axes' units: x, y, height. */
export type Point3 = readonly [number, number, number];

/** Share of the range of heights by which two surfaces must differ before one hides the other. */
const TOLERANCE = 0.004;
/** Of a cell: how far from a point its own surroundings do not hide it. */
const NEAR = 0.6;
/** Cells from a point on from which every second one is looked at. */
const FINE = 12;

export class Relief {
  readonly heights: Heights;
  private readonly x: Interval;
  private readonly y: Interval;

  constructor(scene: Scene, private readonly grid: Grid) {
    const [x = UNIT, y = UNIT] = grid.bounds;
    [this.x, this.y] = [x, y];
    const leastSoft = scene.log_height ? resolvable(grid, floorOf(scene)) : 0;
    this.heights = heightsOf(grid.z, scene.log_height ? 'log' : 'linear', floorOf(scene), 16, leastSoft);
  }

  /** Of the surface at a point, linear within a cell; NaN beside the grid and in a hole. */
  heightAt(x: number, y: number): number {
    const { nx, ny } = this.grid;
    const u = ((x - this.x[0]) / (this.x[1] - this.x[0])) * (nx - 1);
    const v = ((y - this.y[0]) / (this.y[1] - this.y[0])) * (ny - 1);
    if (!(u >= 0 && u <= nx - 1 && v >= 0 && v <= ny - 1)) return Number.NaN;
    const [i, j] = [Math.min(Math.floor(u), nx - 2), Math.min(Math.floor(v), ny - 2)];
    const [p, q] = [u - i, v - j];
    const { z } = this.heights;
    const n = j * nx + i;
    const near = (z[n] as number) * (1 - p) + (z[n + 1] as number) * p;
    const far = (z[n + nx] as number) * (1 - p) + (z[n + nx + 1] as number) * p;
    return near * (1 - q) + far * q;
  }

  /** Cells between two points of the ground, along the axis where there are more. */
  cells(dx: number, dy: number): number {
    const { nx, ny } = this.grid;
    return Math.max((Math.abs(dx) / (this.x[1] - this.x[0])) * (nx - 1), (Math.abs(dy) / (this.y[1] - this.y[0])) * (ny - 1));
  }

  /** Whether the surface lies between a point on it and the eye. */
  hides([x, y, z]: Point3, [ex, ey, ez]: Point3): boolean {
    const { low, high } = this.heights;
    const [dx, dy, dz] = [ex - x, ey - y, ez - z];
    const cells = this.cells(dx, dy);
    const tolerance = TOLERANCE * (high - low);
    // An eye below the ground sees the lower side.
    const side = ez < low ? -1 : 1;
    for (let n = NEAR; n < cells; n += n < FINE ? 1 : 2) {
      const at = n / cells;
      const height = z + at * dz;
      if (height > high || height < low - tolerance) return false;
      const over = side * (this.heightAt(x + at * dx, y + at * dy) - height);
      if (over > tolerance) return true;
      if (Number.isNaN(over) && !this.covers(x + at * dx, y + at * dy)) return false;
    }
    return false;
  }

  /** Where a ray from the eye first meets the surface: x and y; null where it misses. */
  meet([ex, ey, ez]: Point3, [dx, dy, dz]: Point3): [number, number] | null {
    const { low, high } = this.heights;
    const margin = TOLERANCE * (high - low);
    const [from, to] = spanIn([this.x, this.y, [low - margin, high + margin]], [ex, ey, ez], [dx, dy, dz]);
    if (!(from < to)) return null;
    const count = Math.max(2, Math.ceil(2 * this.cells((to - from) * dx, (to - from) * dy)));
    const over = (at: number): number => ez + at * dz - this.heightAt(ex + at * dx, ey + at * dy);
    let [before, last] = [from, over(from)];
    for (let n = 1; n <= count; n++) {
      const at = from + ((to - from) * n) / count;
      const now = over(at);
      if (now === 0 || last * now < 0) {
        const hit = bisect(over, before, at);
        return [ex + hit * dx, ey + hit * dy];
      }
      [before, last] = [at, now];
    }
    return null;
  }

  private covers(x: number, y: number): boolean {
    return x >= this.x[0] && x <= this.x[1] && y >= this.y[0] && y <= this.y[1];
  }
}

/** The part of the ray `eye + t * ray`, t >= 0, that lies in a box: from and to; from > to where none does. */
function spanIn(box: readonly Interval[], eye: Point3, ray: Point3): [number, number] {
  let [from, to] = [0, Number.POSITIVE_INFINITY];
  box.forEach(([low, high], axis) => {
    const [at, by] = [eye[axis] as number, ray[axis] as number];
    if (by === 0) {
      if (at < low || at > high) to = -1;
      return;
    }
    const [a, b] = [(low - at) / by, (high - at) / by];
    from = Math.max(from, Math.min(a, b));
    to = Math.min(to, Math.max(a, b));
  });
  return [from, to];
}

/** A zero of a function that has opposite signs at both ends. */
function bisect(f: (at: number) => number, low: number, high: number): number {
  const sign = Math.sign(f(low));
  for (let n = 0; n < 40; n++) {
    const middle = (low + high) / 2;
    if (Math.sign(f(middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The least loss above the floor that a grid tells from the floor: what a valley floor rises by from one cell to the next.
 * Below it the logarithm would turn a narrow valley into a comb of spikes, one where a cell happens to hit the floor.
 */
function resolvable({ z, nx, ny }: Grid, floor: number | null): number {
  const least = floor ?? z.reduce((low, loss) => Math.min(low, loss), Number.POSITIVE_INFINITY);
  const rises: number[] = [];
  for (let j = 1; j + 1 < ny; j++) {
    for (let i = 1; i + 1 < nx; i++) {
      const n = j * nx + i;
      const loss = z[n] as number;
      const bend = (by: number): number => (z[n - by] as number) + (z[n + by] as number) - 2 * loss;
      const rise = Math.max(bend(1), bend(nx));
      // Only floors: elsewhere the loss is far above what a cell's width changes.
      if (loss - least < rise) rises.push(rise);
    }
  }
  rises.sort((a, b) => a - b);
  return rises[Math.floor(0.95 * (rises.length - 1))] ?? 0;
}
