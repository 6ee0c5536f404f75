/**
 * When the next edit of a dragged slider may go out: after the records of the one before have been on screen for a
 * frame, so that the path is seen to bend during the drag, however fast the slider speaks.
 */

/** Where no records come (all runs have stopped, or nothing is granted): milliseconds after which not to wait. */
const LONGEST = 100;

export class EditThrottle {
  private waitingFor: 'nothing' | 'records' | 'frame' = 'nothing';
  private since = 0;

  get open(): boolean {
    return this.waitingFor === 'nothing';
  }

  /** now: milliseconds. */
  accepted(now: number): void {
    this.waitingFor = 'records';
    this.since = now;
  }

  recorded(): void {
    if (this.waitingFor === 'records') this.waitingFor = 'frame';
  }

  /** A frame is being made of what there is; called after the head has moved. */
  frame(now: number): void {
    if (this.waitingFor === 'frame' || now - this.since > LONGEST) this.waitingFor = 'nothing';
  }

  reset(): void {
    this.waitingFor = 'nothing';
  }
}
