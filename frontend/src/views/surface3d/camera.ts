/** Projects records and critical points on the 3-D surface, through the matrices that Plotly's scene was last drawn with. */
import type { Heights } from '../../render/colours/heights';
import { UNIT, type Box, type Interval } from '../../render/viewport/viewport';
import type { SceneProjection } from '../loss-scene/markers';
import { projected } from '../loss-scene/projection';

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

/** From data to the screen in one matrix. */
export class Camera {
  private matrix: Float64Array = new Float64Array(16);

  /** Reads the scene's matrices; true when they have changed. */
  read(scene: GlScene): boolean {
    const { model, view, projection } = scene.glplot.cameraParams;
    const { dataScale } = scene;
    const scale = Float64Array.of(dataScale[0] as number, 0, 0, 0, 0, dataScale[1] as number, 0, 0, 0, 0, dataScale[2] as number, 0, 0, 0, 0, 1);
    const matrix = [projection, view, model, scale].reduce(multiply) as Float64Array;
    const changed = matrix.some((value, n) => value !== this.matrix[n]);
    this.matrix = matrix;
    return changed;
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

function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const product = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      for (let i = 0; i < 4; i++) (product[4 * column + row] as number) += (a[4 * i + row] as number) * (b[4 * column + i] as number);
    }
  }
  return product;
}

/** bounds: of the drawn surface; what is beyond them is not projected. */
export function surfaceProjection(
  camera: Camera, { heightOf, low, high }: Heights, bounds: readonly Interval[], box: Box,
): SceneProjection {
  const [[x0, x1] = UNIT, [y0, y1] = UNIT] = bounds;
  const project = (x: number, y: number, loss: number): void => {
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) {
      const z = heightOf(loss);
      camera.project(x, y, z < low ? low : z > high ? high : z, box);
    } else projected.x = projected.y = Number.NaN;
  };
  return {
    record: ({ params, dim, loss }, k) => project(params[k * dim] as number, params[k * dim + 1] as number, loss[k] as number),
    point: ({ at: [x = Number.NaN, y = Number.NaN], value }) => project(x, y, value),
  };
}
