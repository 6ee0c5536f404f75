/** Where along the learning rate a run is stable, swings to and fro, or diverges, by the curvature where it is. */
import type { DrawState } from '../../core/session/types';
import type { OptimizerSpec } from '../../core/protocol/wire';
import { limitOf } from '../../views/charts/stability-limit';

/** Learning rates. Below `swing` no step overshoots; from there to `limit` the run swings, but less and less. */
export interface RateZones {
  readonly swing: number;
  readonly limit: number;
}

/**
 * The zones of torch's SGD along the direction of the largest curvature; null where there are none: for another optimizer,
 * whose limit is in coordinates of its own, and where nothing curves upwards.
 *
 * With q = rate × curvature the distance follows d' = p d - r d_before, as in backend/steepest/optimizers/stability.py. It
 * swings once a root of z² - p z + r is negative or complex: above 1 without momentum, above (1 - √μ)² / (1 - τ) with
 * momentum μ and dampening τ, above ((1 - μ) / (1 + μ))² with Nesterov's.
 */
export function rateZones(optimizer: OptimizerSpec, curvature: number): RateZones | null {
  const number = (name: string): number => (typeof optimizer[name] === 'number' ? optimizer[name] : 0);
  const [momentum, decay, dampening] = ['momentum', 'weight_decay', 'dampening'].map(number) as [number, number, number];
  const steepest = curvature + decay;
  const most = limitOf({ ...optimizer, lr: 1 }).limit + decay; // of rate × curvature
  if (!(steepest > 0 && most > 0 && momentum >= 0)) return null;
  const nesterov = optimizer['nesterov'] === true;
  const gain = momentum > 0 ? 1 - dampening : 1;
  const least = nesterov ? ((1 - momentum) / (1 + momentum)) ** 2 : (1 - Math.sqrt(momentum)) ** 2 / gain;
  return { swing: least / steepest, limit: most / steepest };
}

/** The largest curvature at the step on screen, or as measured last before it; NaN where it is not known. */
export function curvatureAt({ recording, head }: Pick<DrawState, 'recording' | 'head'>, run: number): number {
  const track = recording.tracks[run];
  if (!track) return Number.NaN;
  const step = Math.min(head, track.length - 1);
  if (track.eigen > 0) return track.eigenvalues[(step + 1) * track.eigen - 1] ?? Number.NaN;
  return track.metricsUpTo(step).findLast(({ sharpness }) => !Number.isNaN(sharpness))?.sharpness ?? Number.NaN;
}
