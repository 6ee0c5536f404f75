/** Three tasks for first-time users, and which of them are done, from the state of the page. */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { isSurface, startPoint } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';

export const TASKS = ['rate', 'why', 'drag'] as const;
export type Task = (typeof TASKS)[number];

/** 2 / (largest curvature of the opening ravine, 10): above this rate SGD diverges. */
export const LIMIT = 0.2;

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
  const above = typeof rate === 'number' && rate > LIMIT;
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
