/** Near a point where the gradient vanishes: which kind, how it curves, and how long plain descent takes to leave it. */
import type { CriticalPoint, OptimizerSpec, Track } from '../session/types';
import { numberOf } from './stability';
import { criticalAt, diagonal, eigenvector, NEAR, nearest, rowAt, type Moment } from './verdict';

/** How plain SGD gets away along the steepest way down. */
export interface Escape {
  /** What one step multiplies the distance to the ridge by: 1 + lr |λ|. */
  readonly factor: number;
  /** Steps until it is away, from here; Infinity where nothing pushes it off the ridge. */
  readonly steps: number;
}

export interface NearCritical {
  readonly code: 'near';
  readonly kind: CriticalPoint['kind'];
  readonly at: readonly number[];
  /** Ascending. */
  readonly eigenvalues: readonly number[];
  /** Unit vector along the most negative curvature; null where there is none. */
  readonly downhill: readonly number[] | null;
  /** null where it is not as simple as that. */
  readonly escape: Escape | null;
}

export function nearCritical({ scene, track, step }: Moment, optimizer: OptimizerSpec): NearCritical | null {
  const kind = criticalAt(track, step);
  if (kind === 'none') return null;
  const eigenvalues = rowAt(track.eigenvalues, track.dim, step);
  const estimate = kind === 'degenerate' ? rowAt(track.params, track.dim, step) : newtonPoint(track, step);
  const falls = (kind === 'saddle' || kind === 'maximum') && (eigenvalues[0] as number) < 0;
  return {
    code: 'near',
    kind,
    at: nearest(scene, estimate, kind)?.at ?? estimate,
    eigenvalues,
    downhill: falls ? eigenvector(track, step, 0) : null,
    escape: falls ? escape(track, step, optimizer, NEAR * diagonal(scene)) : null,
  };
}

/** Where Newton's step leads from here: x - H⁻¹g, put together from the eigenvectors. */
function newtonPoint(track: Track, step: number): number[] {
  const at = rowAt(track.params, track.dim, step);
  for (let column = 0; column < track.dim; column += 1) {
    const vector = eigenvector(track, step, column);
    const offset = offsetAlong(track, step, column, vector);
    vector.forEach((component, i) => (at[i] = (at[i] as number) - offset * component));
  }
  return at;
}

/** Distance from the critical point along an eigenvector: there the gradient is λ times it. */
function offsetAlong(track: Track, step: number, column: number, vector: readonly number[]): number {
  const gradient = rowAt(track.grad, track.dim, step);
  const along = gradient.reduce((sum, value, i) => sum + value * (vector[i] as number), 0);
  return along / (track.eigenvalues[step * track.dim + column] as number);
}

/** away: the distance at which it has left. */
function escape(track: Track, step: number, optimizer: OptimizerSpec, away: number): Escape | null {
  const lr = numberOf(optimizer, 'lr');
  const turned = numberOf(optimizer, 'momentum') !== 0 || numberOf(optimizer, 'weight_decay') !== 0;
  const plain = optimizer.id === 'sgd' && !turned && optimizer['maximize'] !== true;
  const curvature = track.eigenvalues[step * track.dim] as number;
  if (!plain || !(lr > 0) || !(curvature < 0)) return null;
  const factor = 1 - lr * curvature;
  const distance = Math.abs(offsetAlong(track, step, 0, eigenvector(track, step, 0)));
  const steps = distance > 0 ? Math.max(1, Math.ceil(Math.log(away / distance) / Math.log(factor))) : Infinity;
  return { factor, steps };
}
