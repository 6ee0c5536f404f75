/** What the layers panel shows of a frame. */
import type { Fit, ModelMetrics, Reals } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';

export interface Shown {
  readonly run: number;
  /** The step on screen, or the run's last. */
  readonly step: number;
  /** The latest metrics at or before it. */
  readonly measure: ModelMetrics | null;
  /** All parameters and the gradient at the step, if the records have them. */
  readonly params: Reals | null;
  readonly grad: Reals | null;
  /** All parameters at or before the step, from the records or else from the latest fit. */
  readonly weights: Pick<Fit, 'step'> & { readonly values: ArrayLike<number> } | null;
}

export function readLayers({ recording, head, selected: run }: DrawState): Shown | null {
  const track = recording.tracks[run];
  if (!track || track.length === 0) return null;
  const step = Math.min(head, track.length - 1);
  const { dim } = track;
  const here = (values: Reals) => (dim > 0 ? values.slice(step * dim, (step + 1) * dim) : null);
  const params = here(track.params);
  const fit = track.fitAt(step);
  const kept = fit?.weights ? { step: fit.step, values: fit.weights } : null;
  return {
    run,
    step,
    measure: track.metricsUpTo(step).at(-1) ?? null,
    params,
    grad: here(track.grad),
    weights: params ? { step, values: params } : kept,
  };
}
