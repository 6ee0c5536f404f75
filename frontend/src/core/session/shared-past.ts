/** How far the records of a run are the same in two experiments, derived from their settings. */
import { completeOf, type Kept } from '../player/recording';
import type { Track } from '../player/track';
import type { Edit, Experiment, Run } from '../protocol/wire';
import { same } from '../experiment/fork';

/**
 * The last record that run `after` of the later experiment has in common with run `before` of the earlier one; -1 for
 * none, Infinity where nothing that the run's records follow from differs.
 */
export function lastSharedStep(earlier: Experiment, before: number, later: Experiment, after: number): number {
  const [one, other] = [earlier.runs[before], later.runs[after]];
  if (!one || !other || !same(ground(earlier), ground(later)) || !same(source(one), source(other))) return -1;
  const [old, now] = [changesOf(earlier, before), changesOf(later, after)];
  for (let n = 0; n < Math.max(old.length, now.length); n += 1) {
    if (!same(old[n], now[n])) return Math.min(old[n]?.step ?? Infinity, now[n]?.step ?? Infinity);
  }
  return Infinity;
}

/**
 * For each run of the later experiment, the records that it shares with a run of the earlier one; null for none.
 * from: the number of that run, null for a new one. tracks: of the earlier experiment.
 */
export function keptRecords(
  earlier: Experiment | null,
  later: Experiment,
  from: readonly (number | null)[],
  tracks: readonly Pick<Track, 'length' | 'divergedAt'>[],
): (Kept | null)[] {
  return later.runs.map((_, after) => {
    const run = from[after] ?? null;
    const track = run === null ? undefined : tracks[run];
    if (!earlier || run === null || !track) return null;
    const length = Math.min(track.length, lastSharedStep(earlier, run, later, after) + 1);
    return length > 0 ? { run, length } : null;
  });
}

/** The `after` of an open: the last record that need not be sent. */
export function lastKept(kept: readonly (Kept | null)[], tracks: readonly Pick<Track, 'length' | 'divergedAt'>[]): number {
  return completeOf(
    kept.map((one) => {
      const track = one && tracks[one.run];
      return { length: one?.length ?? 0, divergedAt: track && track.length === one.length ? track.divergedAt : null };
    }),
  );
}

/** What the records of all runs follow from. */
function ground({ problem, seed = 0, dtype = 'float32', engine = 'eager' }: Experiment): unknown {
  return { problem, seed, dtype, engine };
}

/** What a run's records follow from, beside its edits. */
function source({ optimizer, start, schedule, zero_grad = true }: Run): unknown {
  return { optimizer, start, schedule: schedule ?? null, zero_grad };
}

/** A run's edits in their order. */
function changesOf({ edits = [] }: Experiment, run: number): Omit<Edit, 'run'>[] {
  return edits
    .filter((edit) => edit.run === run)
    .sort((a, b) => a.step - b.step)
    .map(({ step, set, optimizer, params }) => ({ step, set: set ?? null, optimizer: optimizer ?? null, params: params ?? null }));
}
