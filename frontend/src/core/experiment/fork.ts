/** Branches: whether a run still is one, and from which step on there is something of its own to draw. */
import type { Edit, Experiment, Run, Value } from '../protocol/wire';

type Fork = NonNullable<Run['fork']>;

/**
 * The experiment with every branch where it still leaves its parent: the server takes no other. By the same rule as the
 * server's: of an earlier run with the same optimizer, schedule and start, its gradients cleared or not as this one's,
 * up to the first edit that is not in both. A branch that shares nothing but the start is a run like any other.
 */
export function withTrueForks(experiment: Experiment): Experiment {
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
 * The runs with no branch of one that is about to go. They are branches of what it was a branch of itself, up to where
 * it left that; else the first of them takes its place, and the others are branches of that one.
 */
export function withoutBranchesOf(runs: readonly Run[], gone: number): Run[] {
  const origin = runs[gone]?.fork;
  const heir = runs.findIndex(({ fork }) => fork?.run === gone);
  return runs.map((run, n) => {
    if (run.fork?.run !== gone) return run;
    if (origin) return { ...run, fork: { run: origin.run, step: Math.min(origin.step, run.fork.step) } };
    if (n === heir) return unforked(run);
    return { ...run, fork: { run: heir, step: Math.min(runs[heir]?.fork?.step ?? 0, run.fork.step) } };
  });
}

/** Runs in other places: `moved[n]` is the new place of run n, or -1 where it is gone. */
export function renumbered(run: Run, moved: readonly number[]): Run {
  if (!run.fork) return run;
  const parent = moved[run.fork.run] ?? -1;
  return parent < 0 ? unforked(run) : { ...run, fork: { ...run.fork, run: parent } };
}

/** As it was before the first change that was made while it ran: without edits, and without the branches. */
export function unchanged(experiment: Experiment): Experiment {
  return { ...experiment, runs: experiment.runs.filter((run) => !run.fork), edits: [] };
}

/**
 * The first record of a run that a picture has to draw: the past that a branch shares with another run is drawn with
 * that one, if that one is drawn.
 */
export function drawnFrom(experiment: Experiment, run: number, visible: readonly boolean[]): number {
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

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, inOrder) === JSON.stringify(other, inOrder);
}

/** Names in one order, whatever the order in which they were given. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value as Record<string, Value>).sort(([a], [b]) => (a < b ? -1 : 1)));
}
