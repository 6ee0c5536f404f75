/** Branches: whether a run still is one, and from which step on there is something of its own to draw. */
import type { Edit, Experiment, Run, Value } from '../session/types';

type Fork = NonNullable<Run['fork']>;

/**
 * The experiment without the forks that a change has made untrue: the server takes none that is. By the same rule as
 * the server's: an earlier run with the same optimizer, schedule, start and edits before the step, its gradients cleared
 * or not as this one's.
 */
export function withTrueForks(experiment: Experiment): Experiment {
  const { runs, edits = [] } = experiment;
  if (runs.every(({ fork }, n) => !fork || sharesPast(runs, edits, n, fork))) return experiment;
  return { ...experiment, runs: runs.map((run, n) => (run.fork && sharesPast(runs, edits, n, run.fork) ? run : unforked(run))) };
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

function sharesPast(runs: readonly Run[], edits: readonly Edit[], run: number, { run: parent, step }: Fork): boolean {
  const [one, other] = [runs[parent], runs[run]];
  if (parent >= run || !one || !other) return false;
  return (
    same(one.start, other.start) &&
    same(one.optimizer, other.optimizer) &&
    same(one.schedule ?? null, other.schedule ?? null) &&
    (one.zero_grad ?? true) === (other.zero_grad ?? true) &&
    same(before(edits, parent, step), before(edits, run, step))
  );
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
