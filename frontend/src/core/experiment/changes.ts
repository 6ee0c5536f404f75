/** Experiments made from experiments: each function returns a new one, to be opened. None touches its argument. */
import type { Catalog, Edit, Experiment, Run, Value } from '../protocol/wire';
import { surfaceEntry } from './catalog';
import { firstStart, replacement } from './defaults';
import { renumbered, unchanged, withoutBranchesOf, withTrueForks } from './fork';
import { isSurface, surfaceParams, type Ground, type Init } from './problem';

/** On another surface, or the same with other params. Runs stay, from the new surface's first start; edits and branches do not. */
export function withProblem(
  catalog: Catalog,
  experiment: Experiment,
  surfaceId: string,
  params: Record<string, Value> = {},
): Experiment {
  const surface = surfaceEntry(catalog, surfaceId);
  if (!surface) throw new RangeError(`the catalog has no surface ${surfaceId}`);
  const before = unchanged(experiment);
  const runs = before.runs.map((run) => ({ ...run, start: firstStart(surface) }));
  return { ...before, problem: { kind: 'surface', id: surfaceId, params }, runs };
}

/** Other params of the same surface: runs keep their starts. Edits and branches go. */
export function withParams(experiment: Experiment, params: Record<string, Value>): Experiment {
  if (!isSurface(experiment.problem)) throw new RangeError('the problem is no surface');
  const problem = { ...experiment.problem, params: { ...surfaceParams(experiment.problem), ...params } };
  return { ...unchanged(experiment), problem };
}

/** One more run, the last. */
export function addRun(experiment: Experiment, run: Run): Experiment {
  return { ...experiment, runs: [...experiment.runs, run] };
}

/** A copy of a run beside it, with the edits that were made to it. */
export function duplicateRun(experiment: Experiment, run: number): Experiment {
  const original = runOf(experiment, run);
  const moved = experiment.runs.map((_, n) => (n > run ? n + 1 : n));
  const runs = [...experiment.runs.slice(0, run + 1), original, ...experiment.runs.slice(run + 1)].map((one) => renumbered(one, moved));
  const edits = editsOf(experiment).flatMap((edit): Edit[] => {
    if (edit.run < run) return [edit];
    const further = { ...edit, run: edit.run + 1 };
    return edit.run === run ? [edit, further] : [further];
  });
  return { ...experiment, runs, edits };
}

/** Without one run; the last one stays. */
export function removeRun(experiment: Experiment, run: number): Experiment {
  runOf(experiment, run);
  if (experiment.runs.length === 1) return experiment;
  const moved = experiment.runs.map((_, n) => (n > run ? n - 1 : n === run ? -1 : n));
  const left = withoutBranchesOf(experiment.runs, run).filter((_, n) => n !== run);
  const runs = left.map((one) => renumbered(one, moved));
  const edits = editsOf(experiment)
    .filter((edit) => edit.run !== run)
    .map((edit) => (edit.run > run ? { ...edit, run: edit.run - 1 } : edit));
  return { ...experiment, runs, edits };
}

/** All runs, or one alone, start somewhere else. Moves that were made of them later belong to the old path and go. */
export function setStart(experiment: Experiment, start: readonly number[] | Init, run?: number): Experiment {
  const begun = 'init' in start ? start : [...start];
  const meant = (n: number) => run === undefined || n === run;
  const runs = experiment.runs.map((old, n) => (meant(n) ? { ...old, start: begun } : old));
  const edits = editsOf(experiment).filter((edit) => !(meant(edit.run) && edit.params));
  return withTrueForks({ ...experiment, runs, edits });
}

/** A run begins with other hyperparameters. */
export function setHyperparameter(experiment: Experiment, run: number, set: Record<string, Value>): Experiment {
  const old = runOf(experiment, run);
  return withRun(experiment, run, { ...old, optimizer: { ...old.optimizer, ...set, id: old.optimizer.id } });
}

/** A run has another schedule of its learning rate, or none. The edits that were made of it stay. */
export function setSchedule(experiment: Experiment, run: number, schedule: Run['schedule']): Experiment {
  const { schedule: _, ...rest } = runOf(experiment, run);
  return withRun(experiment, run, schedule ? { ...rest, schedule } : rest);
}

/** A run clears its gradients before each step, or lets them add up. */
export function setClearing(experiment: Experiment, run: number, clears: boolean): Experiment {
  const { zero_grad: _, ...rest } = runOf(experiment, run);
  return withRun(experiment, run, clears ? rest : { ...rest, zero_grad: false });
}

/** A run begins with another optimizer; what applies to both is kept. Edits of the old one's hyperparameters go. */
export function setOptimizer(
  catalog: Catalog,
  experiment: Experiment,
  run: number,
  optimizerId: string,
  ground: Ground,
): Experiment {
  const old = runOf(experiment, run);
  const changed = withRun(experiment, run, {
    ...old,
    optimizer: replacement(catalog, old.optimizer, optimizerId, ground),
  });
  return withTrueForks({ ...changed, edits: editsOf(experiment).filter((edit) => edit.run !== run || edit.params) });
}

function withRun(experiment: Experiment, run: number, changed: Run): Experiment {
  return withTrueForks({ ...experiment, runs: experiment.runs.map((old, n) => (n === run ? changed : old)) });
}

function runOf(experiment: Experiment, run: number): Run {
  const found = experiment.runs[run];
  if (!found) throw new RangeError(`there is no run ${run}`);
  return found;
}

function editsOf(experiment: Experiment): Edit[] {
  return experiment.edits ?? [];
}
