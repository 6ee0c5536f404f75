/** Why a run diverged, as far as its records say. */
import { hyperAt } from '../experiment/hyper';
import { limitOf, numberOf, unstable, type Unstable } from './stability';
import { inView, rowAt, type Moment } from './verdict';

interface At {
  /** The record that is no longer finite. */
  readonly step: number;
  /** Loss of the last finite record, or null where there is none. */
  readonly last: number | null;
}

/** The rate is above the limit. */
export interface DivergedRate extends Unstable, At {
  readonly code: 'diverged_rate';
}

/** Momentum of 1 or more never loses speed. */
export interface DivergedMomentum extends At {
  readonly code: 'diverged_momentum';
  readonly momentum: number;
}

/** It was told to climb. */
export interface DivergedClimbs extends At {
  readonly code: 'diverged_climbs';
}

/** The surface has no bottom. */
export interface DivergedFalls extends At {
  readonly code: 'diverged_falls';
}

/** No more is known than that it did. adaptive: no simple limit of the rate is known for this optimizer. */
export interface DivergedOther extends At {
  readonly code: 'diverged_other';
  readonly adaptive: boolean;
}

export type Diverged = DivergedRate | DivergedMomentum | DivergedClimbs | DivergedFalls | DivergedOther;

export function diverged({ experiment, scene, run, track, step }: Moment): Diverged | null {
  const at = track.divergedAt;
  if (at === null || step < at) return null;
  const last = at > 0 ? (track.loss[at - 1] as number) : null;
  const where: At = { step: at, last };
  if (last === null) return { code: 'diverged_other', adaptive: false, ...where };

  const optimizer = hyperAt(experiment, run, at - 1);
  if (optimizer['maximize'] === true) return { code: 'diverged_climbs', ...where };
  // A loss of minus infinity has no bottom, whatever is known of the surface: nobody declares that of a typed function.
  const fell = track.loss[at] === -Infinity || (!scene.bounded && last < (track.loss[0] as number));
  if (fell) return { code: 'diverged_falls', ...where };
  if (optimizer.id === 'sgd' && numberOf(optimizer, 'momentum') >= 1) {
    return { code: 'diverged_momentum', momentum: numberOf(optimizer, 'momentum'), ...where };
  }
  const seen = (k: number) => inView(scene, rowAt(track.params, track.dim, k));
  const found = unstable(experiment, run, track, lastCurved(track.eigenvalues, track.dim, at - 1), seen);
  if (found) return { code: 'diverged_rate', ...found, ...where };
  return { code: 'diverged_other', adaptive: limitOf(optimizer) === null, ...where };
}

/** Far out the loss can still be finite where its curvature is not. */
function lastCurved(eigenvalues: Float64Array, n: number, step: number): number {
  let k = step;
  while (k > 0 && !Number.isFinite(eigenvalues[(k + 1) * n - 1])) k -= 1;
  return k;
}
