/** The verdict that holds at a step. */
import type { Verdict } from '../protocol/wire';
import type { Track } from './track';

/** Each holds until the next one of the same run. Null before the first, and where nothing is recorded. */
export function verdictAt({ verdicts }: Pick<Track, 'verdicts'>, step: number): Verdict | null {
  // The first that begins later; what is asked for stands before it.
  let [low, high] = [0, verdicts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((verdicts[middle] as Verdict).step <= step) low = middle + 1;
    else high = middle;
  }
  return verdicts[low - 1] ?? null;
}
