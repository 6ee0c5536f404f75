/** Pure functions from an experiment to a changed one. */
import type { Catalog, Edit, Experiment, Run, Value } from '../protocol/wire';
import { surfaceEntry } from './catalog';
import { firstStart, NEW_ENGINE, replacement } from './defaults';
import { renumberFork, withoutEdits, withoutForksOf, withValidForks } from './fork';
import { hyperparametersAt } from './hyperparameters';
import { isSurface, surfaceParams, type Init } from './problem';

/** On another surface, every run from its first start, compiled. Edits and forks are dropped. */
export function withProblem(catalog: Catalog, experiment: Experiment, surfaceId: string, params: Record<string, Value> = {}): Experiment {
  const surface = surfaceEntry(catalog, surfaceId);
  if (!surface) throw new RangeError(`the catalog has no surface ${surfaceId}`);
  const before = withoutEdits(experiment);
  const runs = before.runs.map((run) => ({ ...run, start: firstStart(surface) }));
  return { ...before, engine: NEW_ENGINE, problem: { kind: 'surface', id: surfaceId, params }, runs };
}

/** Other params of the same surface; runs keep their starts. Edits and forks are dropped. */
export function withParams(experiment: Experiment, params: Record<string, Value>): Experiment {
  if (!isSurface(experiment.problem)) throw new RangeError('the problem is no surface');
  const problem = { ...experiment.problem, params: { ...surfaceParams(experiment.problem), ...params } };
  return { ...withoutEdits(experiment), problem };
}

/** Appends a run. */
export function addRun(experiment: Experiment, run: Run): Experiment {
  return { ...experiment, runs: [...experiment.runs, run] };
}

/** Inserts a copy of a run after it, with its edits. */
export function duplicateRun(experiment: Experiment, run: number): Experiment {
  const original = runOf(experiment, run);
  const moved = experiment.runs.map((_, n) => (n > run ? n + 1 : n));
  const runs = [...experiment.runs.slice(0, run + 1), original, ...experiment.runs.slice(run + 1)].map((one) => renumberFork(one, moved));
  const edits = editsOf(experiment).flatMap((edit): Edit[] => {
    if (edit.run < run) return [edit];
    const further = { ...edit, run: edit.run + 1 };
    return edit.run === run ? [edit, further] : [further];
  });
  return { ...experiment, runs, edits };
}

/** Removes a run, unless it is the only one. */
export function removeRun(experiment: Experiment, run: number): Experiment {
  runOf(experiment, run);
  if (experiment.runs.length === 1) return experiment;
  const moved = experiment.runs.map((_, n) => (n > run ? n - 1 : n === run ? -1 : n));
  const left = withoutForksOf(experiment.runs, run).filter((_, n) => n !== run);
  const runs = left.map((one) => renumberFork(one, moved));
  const edits = editsOf(experiment)
    .filter((edit) => edit.run !== run)
    .map((edit) => (edit.run > run ? { ...edit, run: edit.run - 1 } : edit));
  return { ...experiment, runs, edits };
}

/** Sets the start of one run, or of all. Their later moves (edits of `params`) belong to the old path and are dropped. */
export function setStart(experiment: Experiment, start: readonly number[] | Init, run?: number): Experiment {
  const copy = 'init' in start ? start : [...start];
  const affected = (n: number) => run === undefined || n === run;
  const runs = experiment.runs.map((old, n) => (affected(n) ? { ...old, start: copy } : old));
  const edits = editsOf(experiment).filter((edit) => !(affected(edit.run) && edit.params));
  return withValidForks({ ...experiment, runs, edits });
}

/** Sets a run's initial hyperparameters. */
export function setHyperparameter(experiment: Experiment, run: number, set: Record<string, Value>): Experiment {
  const old = runOf(experiment, run);
  return withRun(experiment, run, { ...old, optimizer: { ...old.optimizer, ...set, id: old.optimizer.id } });
}

/** A run from its start with the optimizer that is in force at a step; its edits are dropped. */
export function fromStart(experiment: Experiment, run: number, step: number): Experiment {
  const edits = editsOf(experiment).filter((edit) => edit.run !== run);
  return withRun({ ...experiment, edits }, run, { ...runOf(experiment, run), optimizer: hyperparametersAt(experiment, run, step) });
}

/** Sets or removes a run's learning-rate schedule; its edits stay. */
export function setSchedule(experiment: Experiment, run: number, schedule: Run['schedule']): Experiment {
  const { schedule: _, ...rest } = runOf(experiment, run);
  return withRun(experiment, run, schedule ? { ...rest, schedule } : rest);
}

/** Sets whether a run clears its gradients before each step, or accumulates them. */
export function setZeroGrad(experiment: Experiment, run: number, zeroGrad: boolean): Experiment {
  const { zero_grad: _, ...rest } = runOf(experiment, run);
  return withRun(experiment, run, zeroGrad ? rest : { ...rest, zero_grad: false });
}

/** Sets a run's initial optimizer; hyperparameters of both are kept. Edits of the old one's hyperparameters are dropped. */
export function setOptimizer(catalog: Catalog, experiment: Experiment, run: number, optimizerId: string, sgdRate: number): Experiment {
  const old = runOf(experiment, run);
  const changed = withRun(experiment, run, { ...old, optimizer: replacement(catalog, old.optimizer, optimizerId, sgdRate) });
  return withValidForks({ ...changed, edits: editsOf(experiment).filter((edit) => edit.run !== run || edit.params) });
}

function withRun(experiment: Experiment, run: number, changed: Run): Experiment {
  return withValidForks({ ...experiment, runs: experiment.runs.map((old, n) => (n === run ? changed : old)) });
}

function runOf(experiment: Experiment, run: number): Run {
  const found = experiment.runs[run];
  if (!found) throw new RangeError(`there is no run ${run}`);
  return found;
}

function editsOf(experiment: Experiment): Edit[] {
  return experiment.edits ?? [];
}
