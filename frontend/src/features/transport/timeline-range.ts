/**
 * The timeline's last step: a round number beyond the recording, so that marks and play head keep their places while the
 * recording grows, except when the range changes.
 */
export function timelineRange(last: number): number {
  for (let power = 100; ; power *= 10) {
    for (const leading of [1, 2, 5]) if (last <= leading * power) return leading * power;
  }
}
