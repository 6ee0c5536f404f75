/** Where all runs of a recording have come to their end: playing stops there by itself. */
import type { Track } from './track';
import { countUpTo, verdictAt } from './verdict-at';

/** Codes of the verdicts on a run that moves no more. */
const AT_REST: ReadonlySet<string> = new Set(['converged', 'settled', 'unmoved']);

/** Whether a run is at rest at a recorded step, or has diverged up to it. */
export function hasEnded(track: Track, step: number): boolean {
  if (track.divergedAt !== null && step >= track.divergedAt) return true;
  return step < track.length && restsAt(track, step);
}

/** Whether a run is at rest at a recorded step. */
export function restsAt(track: Pick<Track, 'verdicts'>, step: number): boolean {
  return AT_REST.has(verdictAt(track, step)?.code ?? '');
}

/** The first step after `from`, up to `to`, at which the last of the runs comes to its end; null where there is none. */
export function endOfAll(tracks: readonly Track[], from: number, to: number): number | null {
  const ends = tracks.flatMap(({ verdicts, divergedAt }) => {
    const steps = verdicts.slice(countUpTo(verdicts, from), countUpTo(verdicts, to)).map(({ step }) => step);
    return divergedAt !== null && divergedAt > from && divergedAt <= to ? [...steps, divergedAt] : steps;
  });
  const all = (step: number): boolean => tracks.every((track) => hasEnded(track, step));
  return ends.sort((a, b) => a - b).find((step) => all(step) && !all(step - 1)) ?? null;
}
