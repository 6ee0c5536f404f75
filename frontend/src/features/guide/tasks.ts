/** The first minute: three small things to do, each ticked off when it has happened. Pure, read from what the page shows. */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { isSurface, startPoint } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';

export const TASKS = ['rate', 'why', 'drag'] as const;
export type Task = (typeof TASKS)[number];

/** Twice the reciprocal of the opening ravine's steepest curvature, 10: above it, SGD diverges. */
export const LIMIT = 0.2;

export interface Seen {
  readonly experiment: Experiment;
  readonly head: number;
  readonly selected: number;
  /** The step at which the selected run left the numbers, when that is not beyond the one on screen. */
  readonly divergedAt: number | null;
  /** What is said of the selected run. */
  readonly verdict: string | null;
  /** Where the runs of the opening experiment begin. */
  readonly starts: readonly (readonly number[] | null)[];
}

/** Whether the line has anything to say of this experiment: its words are about SGD in the ravine. */
export function concerned({ problem, runs }: Experiment): boolean {
  return isSurface(problem) && problem.id === 'ravine' && runs[0]?.optimizer.id === 'sgd';
}

/** Those that have happened, as far as it can be seen now. */
export function happened(seen: Seen): readonly Task[] {
  const { experiment, head, selected } = seen;
  const found: Task[] = [];
  const rate = hyperparametersAt(experiment, 0, head)['lr'];
  const above = typeof rate === 'number' && rate > LIMIT;
  if (above) found.push('rate');
  // The sentence that says why stands on the page: it speaks of the run that overshoots.
  const said = seen.divergedAt !== null || (seen.verdict !== null && /^(unstable|diverged)/.test(seen.verdict));
  if (said && selected === 0 && above) found.push('why');
  const moved = (experiment.edits ?? []).some((edit) => 'params' in edit && Array.isArray(edit.params));
  const begun = experiment.runs.some((run, n) => {
    const start = seen.starts[n];
    return start && startPoint(run)?.some((value, i) => value !== start[i]);
  });
  if (moved || begun) found.push('drag');
  return found;
}
