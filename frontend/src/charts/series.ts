/** What each chart draws: which numbers of a track, and how. */
import { hyperAt } from '../experiment/hyper';
import type { Experiment, Track } from '../session/types';
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

/** The largest |eigenvalue| of the Hessian at record k. */
function steepest(track: Track, k: number): number {
  let most = 0;
  for (let i = 0; i < track.dim; i++) {
    const size = Math.abs(track.eigenvalues[k * track.dim + i] as number);
    if (Number.isNaN(size)) return Number.NaN;
    if (size > most) most = size;
  }
  return most;
}

/** From `step` on (until the next entry) the selected run's limit of curvature is `limit`: 2/lr. */
export interface Limit {
  readonly step: number;
  readonly limit: number;
}

/** 2/lr of a run as a staircase over its edits; empty where the optimizer has no learning rate above 0. */
export function limits(experiment: Experiment, run: number): Limit[] {
  const steps = [0, ...(experiment.edits ?? []).filter((edit) => edit.run === run).map((edit) => edit.step)];
  const out: Limit[] = [];
  for (const step of steps) {
    const lr = hyperAt(experiment, run, step)['lr'];
    const limit = typeof lr === 'number' && lr > 0 ? 2 / lr : Number.NaN;
    const before = out.at(-1);
    if (before?.step === step) out.pop();
    if (out.at(-1)?.limit !== limit) out.push({ step, limit });
  }
  return out.filter((entry, n) => Number.isFinite(entry.limit) || n > 0);
}
