/** Where record k of a run stands in the picture. */
import type { Track } from '../../core/player/track';
import type { CriticalPoint } from '../../core/protocol/wire';
import { toX, toY, type Viewport } from '../../render/viewport/viewport';

/** Writes the place of a record, in CSS pixels, into `spot`. Not finite where the record is not. */
export type Project = (track: Track, k: number) => void;

/** The same of a critical point. */
export type Place = (point: Pick<CriticalPoint, 'at' | 'value'>) => void;

/** The last place asked for. One object for all, so that a frame allocates nothing. */
export const spot = { x: 0, y: 0 };

/** Two parameters on the map; for one parameter the point sits on the curve at its loss. */
export function flatProject(view: Viewport): Project {
  return (track, k) => {
    if (track.dim === 1) {
      spot.x = toX(view, track.params[k] as number);
      spot.y = toY(view, track.loss[k] as number);
    } else {
      spot.x = toX(view, track.params[k * track.dim] as number);
      spot.y = toY(view, track.params[k * track.dim + 1] as number);
    }
  };
}

/** On the map; of one parameter, on the curve at its value. */
export function flatPlace(view: Viewport): Place {
  return ({ at, value }) => {
    spot.x = toX(view, at[0] as number);
    spot.y = toY(view, at.length === 1 ? value : (at[1] as number));
  };
}
