/** Three tasks for first-time users, and which of them are done, from the state of the page. */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { isSurface, startPoint, surfaceParams } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';
import { limitOf } from '../../views/charts/stability-limit';

export const TASKS = ['rate', 'why', 'drag'] as const;
export type Task = (typeof TASKS)[number];

/**
 * The rate of the first run above which it diverges in this ravine, whose largest curvature is κ, with the momentum in force
 * at a step; null where there is none.
 */
export function limitAt({ problem, runs, edits }: Experiment, step: number): number | null {
  if (!isSurface(problem)) return null;
  const optimizer = hyperparametersAt({ version: 1, problem, runs, edits: edits ?? [] }, 0, step);
  const decay = typeof optimizer['weight_decay'] === 'number' ? optimizer['weight_decay'] : 0;
  const product = limitOf({ ...optimizer, lr: 1 }).limit + decay; // of rate × curvature
  const curvature = Number(surfaceParams(problem)['kappa']) + decay;
  return Number.isFinite(product / curvature) ? product / curvature : null;
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
  const limit = limitAt(experiment, head);
  const above = typeof rate === 'number' && limit !== null && rate > limit;
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
