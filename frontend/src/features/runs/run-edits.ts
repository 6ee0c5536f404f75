/** The user's changes of runs: an edit at the step on screen, or at step 0 a change of the run's start. */
import { tick } from 'svelte';
import { setZeroGrad, setHyperparameter, setOptimizer, setSchedule, setStart } from '../../core/experiment/changes';
import { replacement } from '../../core/experiment/defaults';
import { withValidForks } from '../../core/experiment/fork';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import { knownRateOf } from '../../core/experiment/problem';
import type { Experiment, Run, Value } from '../../core/protocol/wire';
import type { Session } from '../../core/session/types';
import { sameStart } from '../setup/problem';

export function setHyperparameters(session: Session, run: number, set: Record<string, Value>): void {
  const { experiment, head } = session;
  if (!experiment) return;
  session.select(run);
  if (head === 0) void session.open(setHyperparameter(unedited(experiment, run), run, set));
  else session.edit({ run, set });
}

/** A hyperparameter is being dragged: shows what would come with it. */
export function previewHyperparameters(session: Session, run: number, set: Record<string, Value>): void {
  session.preview([{ run, set }]);
}

/** A run's point is being dragged on the map, which at step 0 moves all runs: shows what would come; null: no longer. */
export function previewPoint(session: Session, run: number, point: number[] | null): void {
  const runs = session.head > 0 ? [run] : (session.experiment?.runs.map((_, n) => n) ?? []);
  session.preview(point ? runs.map((n) => ({ run: n, params: point })) : []);
}

/** The new optimizer starts with an empty state. */
export function replaceOptimizer(session: Session, run: number, id: string): void {
  const { catalog, experiment, head } = session;
  if (!catalog || !experiment) return;
  const rate = knownRateOf(catalog, experiment.problem);
  if (rate === undefined) return;
  session.select(run);
  if (head === 0) void session.open(setOptimizer(catalog, unedited(experiment, run), run, id, rate));
  else session.edit({ run, optimizer: replacement(catalog, hyperparametersAt(experiment, run, head), id, rate) });
}

/** Sets or removes the learning-rate schedule. It applies from the run's start, so the experiment restarts. */
export function changeSchedule(session: Session, run: number, chosen: Run['schedule']): void {
  if (!session.experiment) return;
  session.select(run);
  void session.open(setSchedule(session.experiment, run, chosen));
}

/** Sets whether gradients are cleared before each step, from the run's start. */
export function changeZeroGrad(session: Session, run: number, zeroGrad: boolean): void {
  if (!session.experiment) return;
  session.select(run);
  void session.open(setZeroGrad(session.experiment, run, zeroGrad));
}

/** Forks the selected run at the step on screen, selects the fork and focuses its first control. */
export async function forkHere(session: Session): Promise<void> {
  const { experiment, catalog, selected } = session;
  if (!experiment || !catalog || experiment.runs.length >= catalog.max_runs) return;
  const run = await session.fork({ run: selected, set: {} });
  if (run === null) return;
  session.select(run);
  await tick();
  document.querySelector<HTMLElement>(`[data-run='${run}'] input`)?.focus();
}

/** Moves a run's point. At step 0 it moves the start of all runs that share it. */
export function movePoint(session: Session, run: number, point: number[]): void {
  const { experiment, head } = session;
  const start = experiment?.runs[run]?.start;
  if (!experiment || !start) return;
  session.select(run);
  if (head > 0) {
    session.edit({ run, params: point });
    return;
  }
  const sharing = experiment.runs.flatMap((other, n) => (sameStart(other.start, start) ? [n] : []));
  void session.open(sharing.reduce((moved, n) => setStart(moved, point, n), experiment));
}

/** Moves the start of all runs. */
export function startAllAt(session: Session, point: number[]): void {
  if (session.experiment) void session.open(setStart(session.experiment, point));
}

/** Without the run's edits, which a change at step 0 discards. */
function unedited(experiment: Experiment, run: number): Experiment {
  return withValidForks({ ...experiment, edits: (experiment.edits ?? []).filter((edit) => edit.run !== run) });
}
