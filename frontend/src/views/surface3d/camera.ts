/** Records lifted onto the 3-D surface, through the matrices that Plotly's scene was last drawn with. */
import type { Heights } from '../../render/colours/heights';
import type { Viewport } from '../../render/viewport/viewport';
import { spot, type Place, type Project } from '../loss-scene/projection';

/** What is read of Plotly's 3-D scene; none of it is in its public types. Matrices are 4 x 4, column by column. */
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
  private readonly matrix = new Float64Array(16);
  private readonly before = new Float64Array(16);

  /** Takes the scene's matrices over; true when they are others than the last time. */
  read(scene: GlScene): boolean {
    const { model, view, projection } = scene.glplot.cameraParams;
    const { matrix, before } = this;
    before.set(matrix);
    for (let column = 0; column < 4; column++) {
      const scale = column < 3 ? (scene.dataScale[column] as number) : 1;
      for (let row = 0; row < 4; row++) {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          let inner = 0;
          for (let j = 0; j < 4; j++) inner += (view[4 * j + i] as number) * (model[4 * column + j] as number);
          sum += (projection[4 * i + row] as number) * inner;
        }
        matrix[4 * column + row] = sum * scale;
      }
    }
    for (let i = 0; i < 16; i++) if (matrix[i] !== before[i]) return true;
    return false;
  }

  /** Writes the place of a point in CSS pixels into `spot`; NaN behind the eye. */
  place(x: number, y: number, z: number, box: Viewport): void {
    const m = this.matrix as unknown as number[];
    const w = (m[3] as number) * x + (m[7] as number) * y + (m[11] as number) * z + (m[15] as number);
    if (!(w > 1e-9)) {
      spot.x = spot.y = Number.NaN;
      return;
    }
    const px = (m[0] as number) * x + (m[4] as number) * y + (m[8] as number) * z + (m[12] as number);
    const py = (m[1] as number) * x + (m[5] as number) * y + (m[9] as number) * z + (m[13] as number);
    spot.x = box.left + (0.5 + (0.5 * px) / w) * box.width;
    spot.y = box.top + (0.5 - (0.5 * py) / w) * box.height;
  }
}

/** bounds: of the drawn surface; a run beyond them is not in the picture. */
export function liftedProject(
  camera: Camera, heights: Heights, bounds: readonly (readonly [number, number])[], box: Viewport,
): Project {
  const [[x0, x1], [y0, y1]] = [bounds[0] ?? [0, 0], bounds[1] ?? [0, 0]];
  const { lift, low, high } = heights;
  return (track, k) => {
    const x = track.params[k * track.dim] as number;
    const y = track.params[k * track.dim + 1] as number;
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) {
      spot.x = spot.y = Number.NaN;
      return;
    }
    const z = lift(track.loss[k] as number);
    camera.place(x, y, z < low ? low : z > high ? high : z, box);
  };
}

/** A critical point on the drawn surface; those beyond it are not in the picture. */
export function liftedPlace(
  camera: Camera, heights: Heights, bounds: readonly (readonly [number, number])[], box: Viewport,
): Place {
  const [[x0, x1], [y0, y1]] = [bounds[0] ?? [0, 0], bounds[1] ?? [0, 0]];
  const { lift, low, high } = heights;
  return ({ at: [x = Number.NaN, y = Number.NaN], value }) => {
    spot.x = spot.y = Number.NaN;
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) camera.place(x, y, Math.min(high, Math.max(low, lift(value))), box);
  };
}
