/** Binary search in lists ordered by step, and the verdict that holds at a step. */
import type { Verdict } from '../protocol/wire';
import type { Track } from './track';

/** How many items have a step up to and including this one. */
export function countUpTo(items: readonly { readonly step: number }[], step: number): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as { step: number }).step <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Each verdict holds until the next one of its run. Null before the first, and where nothing is recorded. */
export function verdictAt({ verdicts }: Pick<Track, 'verdicts'>, step: number): Verdict | null {
  return verdicts[countUpTo(verdicts, step) - 1] ?? null;
}
