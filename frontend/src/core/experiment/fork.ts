/** Forks: runs that share the past of another run up to a step. */
import type { Edit, Experiment, Run, Value } from '../protocol/wire';

type Fork = NonNullable<Run['fork']>;

/**
 * Moves every fork to the step where it still leaves its parent, as the server requires. A fork is valid when its parent
 * is an earlier run with the same optimizer, schedule, start and zero_grad, and it leaves at or before the first edit that
 * is not in both. A fork that shares only the start becomes an ordinary run.
 */
export function withValidForks(experiment: Experiment): Experiment {
  const { runs, edits = [] } = experiment;
  const past = runs.map(({ fork }, n) => (fork ? commonPast(runs, edits, n, fork) : null));
  if (runs.every(({ fork }, n) => !fork || past[n] === fork.step)) return experiment;
  return {
    ...experiment,
    runs: runs.map((run, n) => {
      const step = past[n] ?? null;
      if (!run.fork || step === run.fork.step) return run;
      return step ? { ...run, fork: { ...run.fork, step } } : unforked(run);
    }),
  };
}

/**
 * The runs without forks of a run that is about to be removed. Its forks become forks of its own parent; if it has none,
 * its first fork becomes an ordinary run and the parent of the others.
 */
export function withoutForksOf(runs: readonly Run[], removed: number): Run[] {
  const origin = runs[removed]?.fork;
  const heir = runs.findIndex(({ fork }) => fork?.run === removed);
  return runs.map((run, n) => {
    if (run.fork?.run !== removed) return run;
    if (origin) return { ...run, fork: { run: origin.run, step: Math.min(origin.step, run.fork.step) } };
    if (n === heir) return unforked(run);
    return { ...run, fork: { run: heir, step: Math.min(runs[heir]?.fork?.step ?? 0, run.fork.step) } };
  });
}

/** Updates a fork's parent. moved: `moved[n]` is the new index of run n, or -1 where it is removed. */
export function renumberFork(run: Run, moved: readonly number[]): Run {
  if (!run.fork) return run;
  const parent = moved[run.fork.run] ?? -1;
  return parent < 0 ? unforked(run) : { ...run, fork: { ...run.fork, run: parent } };
}

/** Without edits and forks. */
export function withoutEdits(experiment: Experiment): Experiment {
  return { ...experiment, runs: experiment.runs.filter((run) => !run.fork), edits: [] };
}

/** The first step of a run that a view draws: a fork's shared past is drawn with its parent, if that is visible. */
export function firstOwnStep(experiment: Experiment, run: number, visible: readonly boolean[]): number {
  const fork = experiment.runs[run]?.fork;
  return fork && visible[fork.run] !== false ? fork.step : 0;
}

function unforked(run: Run): Run {
  const { fork: _, ...rest } = run;
  return rest;
}

function commonPast(runs: readonly Run[], edits: readonly Edit[], run: number, { run: parent, step }: Fork): number | null {
  const [one, other] = [runs[parent], runs[run]];
  if (parent >= run || !one || !other) return null;
  const alike =
    same(one.start, other.start) &&
    same(one.optimizer, other.optimizer) &&
    same(one.schedule ?? null, other.schedule ?? null) &&
    (one.zero_grad ?? true) === (other.zero_grad ?? true);
  if (!alike) return null;
  const [theirs, mine] = [before(edits, parent, step), before(edits, run, step)];
  for (let n = 0; n < Math.max(theirs.length, mine.length); n += 1) {
    if (!same(theirs[n], mine[n])) return Math.min(theirs[n]?.at ?? step, mine[n]?.at ?? step);
  }
  return step;
}

function before(edits: readonly Edit[], run: number, step: number) {
  const mine = edits.filter((edit) => edit.run === run && edit.step < step).sort((a, b) => a.step - b.step);
  return mine.map(({ step: at, set, optimizer, params }) => ({ at, set: set ?? null, optimizer: optimizer ?? null, params: params ?? null }));
}

/** Whether two values are written as the same JSON, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, sortedKeys) === JSON.stringify(other, sortedKeys);
}

/** JSON replacer that sorts the keys of objects. */
function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1)));
}
