/** Projects records and critical points on the 3-D surface, through the matrices that Plotly's scene was last drawn with. */
import { UNIT, type Box, type Interval, type Place } from '../../render/viewport/viewport';
import type { SceneProjection } from '../loss-scene/markers';
import { projected } from '../loss-scene/projection';
import type { Point3, Relief } from './relief';

/** Fields of Plotly's 3-D scene that are not in its public types. Matrices are 4 x 4, column by column. */
export interface GlScene {
  glplot: {
    cameraParams: { model: ArrayLike<number>; view: ArrayLike<number>; projection: ArrayLike<number> };
    onrender: () => void;
  };
  dataScale: ArrayLike<number>;
}

export function glScene(plot: HTMLElement): GlScene | null {
  const layout = (plot as { _fullLayout?: { scene?: { _scene?: GlScene } } })._fullLayout;
  const scene = layout?.scene?._scene;
  return scene?.glplot ? scene : null;
}

/** From the axes' units to the screen in one matrix, and back along a ray. */
export class Camera {
  /** Of the camera, in the axes' units. */
  eye: Point3 = [0, 0, 0];
  private matrix: Float64Array = new Float64Array(16);

  /** Reads the scene's matrices; true when they have changed. */
  read(scene: GlScene): boolean {
    const { model, view, projection } = scene.glplot.cameraParams;
    const { dataScale } = scene;
    const scale = Float64Array.of(dataScale[0] as number, 0, 0, 0, 0, dataScale[1] as number, 0, 0, 0, 0, dataScale[2] as number, 0, 0, 0, 0, 1);
    const matrix = [projection, view, model, scale].reduce(multiply) as Float64Array;
    const changed = matrix.some((value, n) => value !== this.matrix[n]);
    this.matrix = matrix;
    if (changed) this.eye = meet(this.row(0), this.row(1), this.row(3));
    return changed;
  }

  /** The direction from the eye through a place on the screen. */
  rayThrough({ x, y }: Place, box: Box): Point3 {
    const [u, v] = [(2 * (x - box.left)) / box.width - 1, 1 - (2 * (y - box.top)) / box.height];
    const depth = this.row(3);
    const plane = (n: number, at: number): Row => this.row(n).map((value, i) => value - at * (depth[i] as number)) as unknown as Row;
    const ray = cross(plane(0, u), plane(1, v));
    // Away from the camera: w grows along it.
    const [a, b, c] = depth;
    return a * ray[0] + b * ray[1] + c * ray[2] < 0 ? [-ray[0], -ray[1], -ray[2]] : ray;
  }

  private row(n: number): Row {
    return [0, 4, 8, 12].map((column) => this.matrix[column + n]) as unknown as Row;
  }

  /** Writes the place of a point into `projected`; NaN behind the camera. */
  project(x: number, y: number, z: number, box: Box): void {
    const m = this.matrix;
    const row = (n: number): number => (m[n] as number) * x + (m[n + 4] as number) * y + (m[n + 8] as number) * z + (m[n + 12] as number);
    const w = row(3);
    const visible = w > 1e-9;
    projected.x = visible ? box.left + (0.5 + (0.5 * row(0)) / w) * box.width : Number.NaN;
    projected.y = visible ? box.top + (0.5 - (0.5 * row(1)) / w) * box.height : Number.NaN;
  }
}

/** A plane a x + b y + c z + d = 0. */
type Row = readonly [number, number, number, number];

function cross(a: Row, b: Row): Point3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** The point that three planes share. */
function meet(a: Row, b: Row, c: Row): Point3 {
  const [bc, ca, ab] = [cross(b, c), cross(c, a), cross(a, b)];
  const volume = a[0] * bc[0] + a[1] * bc[1] + a[2] * bc[2];
  return [0, 1, 2].map((n) => -(a[3] * (bc[n] as number) + b[3] * (ca[n] as number) + c[3] * (ab[n] as number)) / volume) as unknown as Point3;
}

function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const product = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      for (let i = 0; i < 4; i++) (product[4 * column + row] as number) += (a[4 * i + row] as number) * (b[4 * column + i] as number);
    }
  }
  return product;
}

/** On the drawn surface: nothing beyond its bounds is projected; in a hole of it, a record's own loss is its height. */
export function surfaceProjection(camera: Camera, relief: Relief, [x, y]: readonly Interval[], box: Box): SceneProjection {
  const { heightOf, low, high } = relief.heights;
  const [[x0, x1], [y0, y1]] = [x ?? UNIT, y ?? UNIT];
  const project = (px: number, py: number, loss: number): void => {
    if (!(px >= x0 && px <= x1 && py >= y0 && py <= y1)) {
      projected.x = projected.y = Number.NaN;
      return;
    }
    const surface = relief.heightAt(px, py);
    const z = Number.isNaN(surface) ? Math.min(high, Math.max(low, heightOf(loss))) : surface;
    camera.project(px, py, z, box);
    projected.hidden = relief.hides([px, py, z], camera.eye);
  };
  return {
    record: ({ params, dim, loss }, k) => project(params[k * dim] as number, params[k * dim + 1] as number, loss[k] as number),
    point: ({ at: [px = Number.NaN, py = Number.NaN], value }) => project(px, py, value),
  };
}
