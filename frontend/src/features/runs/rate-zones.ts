/** Where along the learning rate a run is stable, swings to and fro, or diverges, where it is. */
import type { DrawState } from '../../core/session/types';

/** Learning rates. Below `swing` no step overshoots; from there to `limit` the run swings, but less and less. */
export interface RateZones {
  readonly swing: number;
  readonly limit: number;
}

/**
 * The zones of the step that leads on from the one on screen, as the server's diagnosis found them: see `Stability.rate_zones`
 * in backend/steepest/optimizers/stability.py. At the last record, those of the step that led there; null where none are known.
 */
export function zonesAt({ recording, head }: Pick<DrawState, 'recording' | 'head'>, run: number): RateZones | null {
  const track = recording.tracks[run];
  if (!track) return null;
  const record = Math.min(head + 1, track.length - 1);
  const [swing = Number.NaN, limit = Number.NaN] = track.rateZones.subarray(2 * record, 2 * record + 2);
  return Number.isFinite(swing) && Number.isFinite(limit) ? { swing, limit } : null;
}
