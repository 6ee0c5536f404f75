/** Three tasks for first-time users, and which of them are done, from the state of the page. */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { isSurface, startPoint, surfaceParams } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';
import { limitOf } from '../../views/charts/stability-limit';

export const TASKS = ['rate', 'why', 'drag'] as const;
export type Task = (typeof TASKS)[number];

/** Above `rate` the run diverges. flat: along the flat axis, since it is exactly on the floor. */
export interface RateLimit {
  readonly rate: number;
  readonly flat: boolean;
}

/**
 * The limit of the first run of this ravine, with the optimizer in force at a step; null where none is known, as under a
 * schedule.
 *
 * point: where the run is at that step. Along an axis on which it is exactly 0, it stays there at any rate: of the other
 * axis then, of curvature 1, is the limit. In the minimum itself nothing diverges but another try from the start.
 */
export function limitAt({ problem, runs, edits }: Experiment, step: number, point: readonly number[]): RateLimit | null {
  const [run] = runs;
  if (!run || !isSurface(problem) || run.schedule || run.zero_grad === false) return null;
  const leaving = [point, startPoint(run) ?? []].find((at) => at.some((value) => value !== 0));
  if (!leaving) return null;
  const flat = leaving[1] === 0;
  const optimizer = hyperparametersAt({ version: 1, problem, runs, edits: edits ?? [] }, 0, step);
  const decay = typeof optimizer['weight_decay'] === 'number' ? optimizer['weight_decay'] : 0;
  const product = limitOf({ ...optimizer, lr: 1 }).limit + decay; // of rate × curvature
  const rate = product / ((flat ? 1 : Number(surfaceParams(problem)['kappa'])) + decay);
  return Number.isFinite(rate) ? { rate, flat } : null;
}

export interface PageView {
  readonly experiment: Experiment;
  readonly head: number;
  readonly selected: number;
  /** The step at which the selected run diverged, if at or before the one on screen. */
  readonly divergedAt: number | null;
  /** Code of the selected run's verdict. */
  readonly verdict: string | null;
  /** The starts of the opening experiment's runs. */
  readonly starts: readonly (readonly number[] | null)[];
  /** Where the first run is. */
  readonly point: readonly number[];
}

/** Whether the tasks are about this experiment: SGD on the ravine. */
export function applies({ problem, runs }: Experiment): boolean {
  return isSurface(problem) && problem.id === 'ravine' && runs[0]?.optimizer.id === 'sgd';
}

/** The tasks that are done, as far as the page shows now. */
export function tasksDone(seen: PageView): readonly Task[] {
  const { experiment, head, selected } = seen;
  const found: Task[] = [];
  const rate = hyperparametersAt(experiment, 0, head)['lr'];
  const limit = limitAt(experiment, head, seen.point);
  const above = typeof rate === 'number' && limit !== null && rate > limit.rate;
  if (above) found.push('rate');
  // The page shows the sentence that explains why the run overshoots.
  const explained = seen.divergedAt !== null || (seen.verdict !== null && /^(unstable|diverged)/.test(seen.verdict));
  if (explained && selected === 0 && above) found.push('why');
  const moved = (experiment.edits ?? []).some((edit) => 'params' in edit && Array.isArray(edit.params));
  const restarted = experiment.runs.some((run, n) => {
    const start = seen.starts[n];
    return start && startPoint(run)?.some((value, i) => value !== start[i]);
  });
  if (moved || restarted) found.push('drag');
  return found;
}
