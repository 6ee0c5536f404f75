/** What a hand changes of a run: an edit at the step on screen, or, at the start, the way the run begins. */
import { tick } from 'svelte';
import { setZeroGrad, setHyperparameter, setOptimizer, setSchedule, setStart } from '../../core/experiment/changes';
import { replacement } from '../../core/experiment/defaults';
import { withValidForks } from '../../core/experiment/fork';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { knownRateOf } from '../../core/experiment/problem';
import type { Experiment, Run, Value } from '../../core/protocol/wire';
import type { Session } from '../../core/session/types';
import { sameStart } from '../setup/problem';

/** Other hyperparameters. */
export function setHyperparameters(session: Session, run: number, set: Record<string, Value>): void {
  const { experiment, head } = session;
  if (!experiment) return;
  session.select(run);
  if (head === 0) void session.open(setHyperparameter(unedited(experiment, run), run, set));
  else session.edit({ run, set });
}

/** Another optimizer; its state begins anew. */
export function replaceOptimizer(session: Session, run: number, id: string): void {
  const { catalog, experiment, head } = session;
  if (!catalog || !experiment) return;
  const rate = knownRateOf(catalog, experiment.problem);
  if (rate === undefined) return;
  session.select(run);
  if (head === 0) void session.open(setOptimizer(catalog, unedited(experiment, run), run, id, rate));
  else session.edit({ run, optimizer: replacement(catalog, hyperparametersAt(experiment, run, head), id, rate) });
}

/** Another schedule of the learning rate, or none: it holds from the run's start on, so the run begins anew. */
export function schedule(session: Session, run: number, chosen: Run['schedule']): void {
  if (!session.experiment) return;
  session.select(run);
  void session.open(setSchedule(session.experiment, run, chosen));
}

/** Whether gradients are cleared before each step, from the run's start on. */
export function clearGradients(session: Session, run: number, clears: boolean): void {
  if (!session.experiment) return;
  session.select(run);
  void session.open(setZeroGrad(session.experiment, run, clears));
}

/** A branch of the chosen run leaves it at the step on screen; the branch is chosen, its first control has the focus. */
export async function forkHere(session: Session): Promise<void> {
  const { experiment, catalog, selected } = session;
  if (!experiment || !catalog || experiment.runs.length >= catalog.max_runs) return;
  const run = await session.fork({ run: selected, set: {} });
  if (run === null) return;
  session.select(run);
  await tick();
  document.querySelector<HTMLElement>(`[data-run='${run}'] input`)?.focus();
}

/** A point was dragged. At the start it is the start of all runs that begin there. */
export function movePoint(session: Session, run: number, point: number[]): void {
  const { experiment, head } = session;
  const start = experiment?.runs[run]?.start;
  if (!experiment || !start) return;
  session.select(run);
  if (head > 0) {
    session.edit({ run, params: point });
    return;
  }
  const together = experiment.runs.flatMap((other, n) => (sameStart(other.start, start) ? [n] : []));
  void session.open(together.reduce((moved, n) => setStart(moved, point, n), experiment));
}

/** All runs begin at another point, without the changes that were made on the old way. */
export function beginAt(session: Session, point: number[]): void {
  if (session.experiment) void session.open(setStart(session.experiment, point));
}

/** What an edit at step 0 would forget as well: the changes of this run that come after. */
function unedited(experiment: Experiment, run: number): Experiment {
  return withValidForks({ ...experiment, edits: (experiment.edits ?? []).filter((edit) => edit.run !== run) });
}
