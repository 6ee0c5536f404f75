/** What each chart draws: which numbers of a track, and how. */
import type { Track } from '../session/types';
import type { MessageKey } from '../stage/messages';

export type ChartId = 'loss' | 'gradNorm' | 'params' | 'grads' | 'curvature';

export interface Series {
  readonly id: ChartId;
  readonly title: MessageKey;
  /** Lines a run: 1, or one a parameter. */
  lines(dim: number): number;
  value(track: Track, k: number, line: number): number;
  /** Values of both signs are normal. */
  readonly signed: boolean;
}

const one = (): number => 1;
const each = (dim: number): number => Math.min(dim, 4); // more lines than that cannot be told apart

export const SERIES: readonly Series[] = [
  { id: 'loss', title: 'chart.loss', lines: one, value: (track, k) => track.loss[k] as number, signed: true },
  { id: 'gradNorm', title: 'chart.gradNorm', lines: one, value: (track, k) => track.gradNorm[k] as number, signed: false },
  {
    id: 'params', title: 'chart.params', lines: each, signed: true,
    value: (track, k, line) => track.params[k * track.dim + line] as number,
  },
  {
    id: 'grads', title: 'chart.grads', lines: each, signed: true,
    value: (track, k, line) => track.grad[k * track.dim + line] as number,
  },
  { id: 'curvature', title: 'chart.curvature', lines: one, value: (track, k) => steepest(track, k), signed: false },
];

/** The largest eigenvalue of the Hessian at record k: the one that a step can overshoot along. */
function steepest(track: Track, k: number): number {
  return track.eigen > 0 ? (track.eigenvalues[(k + 1) * track.eigen - 1] as number) : NaN;
}
