/**
 * How far the timeline reaches: to a round number of steps beyond the recording, so that marks and play head stay where
 * they are while the recording grows, and only now and then move closer together.
 */
export function timelineRange(last: number): number {
  for (let power = 100; ; power *= 10) {
    for (const leading of [1, 2, 5]) if (last <= leading * power) return leading * power;
  }
}
