/** Where records and critical points are on the screen. */
import type { CriticalPoint } from '../../core/protocol/wire';
import { toX, toY, type Viewport } from '../../render/viewport/viewport';

/** Records of a run: a track, or what would come. */
export interface Records {
  readonly dim: number;
  /** [k * dim + i] */
  readonly params: ArrayLike<number>;
  readonly loss: ArrayLike<number>;
}

/** Writes the place of record k into `projected`; not finite where the record is not. */
export type ProjectRecord = (records: Records, k: number) => void;

/** The same for a critical point. */
export type ProjectPoint = (point: Pick<CriticalPoint, 'at' | 'value'>) => void;

/** The last projected place, CSS pixels, and whether a surface hides it. One object for all, so that a frame allocates nothing. */
export const projected = { x: 0, y: 0, hidden: false };

/** Opacity of what a surface hides. */
export const HIDDEN = 0.4;

export function isProjected(): boolean {
  return Number.isFinite(projected.x) && Number.isFinite(projected.y);
}

/** Onto the map of two parameters; of one parameter, onto the curve at its loss. */
export function mapProjection(view: Viewport): ProjectRecord {
  return ({ dim, params, loss }, k) => {
    projected.hidden = false;
    projected.x = toX(view, params[k * dim] as number);
    projected.y = toY(view, (dim === 1 ? loss[k] : params[k * dim + 1]) as number);
  };
}

export function mapPointProjection(view: Viewport): ProjectPoint {
  return ({ at, value }) => {
    projected.hidden = false;
    projected.x = toX(view, at[0] as number);
    projected.y = toY(view, at.length === 1 ? value : (at[1] as number));
  };
}
