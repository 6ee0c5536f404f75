/**
 * When the next edit of a dragged slider may be sent: after the records of the edit before have been drawn once, so that
 * the path bends visibly during the drag.
 */

/** Milliseconds to wait at most, where no records come (all runs have stopped, or nothing is granted). */
const LONGEST_WAIT = 100;

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

  /** A frame is being drawn; called after the head has moved. */
  frame(now: number): void {
    if (this.waitingFor === 'frame' || now - this.since > LONGEST_WAIT) this.waitingFor = 'nothing';
  }

  reset(): void {
    this.waitingFor = 'nothing';
  }
}
