/** The step on screen and how it moves. Knows no display and no clock: it is told how much time has passed. */

/** Longest time, in seconds, that one tick counts: after a pause of the machine the head goes on, it does not leap. */
const LONGEST_TICK = 0.25;

/** As much of the next step as may be saved up while its record is not here yet. */
const NEARLY_ONE = 1 - 1e-9;

export class PlayHead {
  playing = false;
  /** Steps a second; Infinity: always the last record. */
  speed = 30;
  /** Steps, with the fraction that has been waited for already; less than `last + 1`. */
  private position = 0;

  /** An integer from 0 on. */
  get step(): number {
    return Math.floor(this.position);
  }

  /**
   * Lets `seconds` pass. Moves to record `last` at most; what is missing there is not made up for later, except for
   * the step that had begun. Returns whether `step` changed.
   */
  tick(seconds: number, last: number): boolean {
    const before = this.step;
    if (this.playing && last >= 0) {
      const moved = this.speed === Infinity ? Infinity : this.speed * Math.min(seconds, LONGEST_TICK);
      const end = this.speed === Infinity ? last : last + NEARLY_ONE;
      this.position = Math.max(this.position, Math.min(this.position + moved, end));
    }
    return this.step !== before;
  }

  /** Records after `last` are gone: back to it where the head is beyond. Waiting that was done is kept. */
  keepWithin(last: number): void {
    this.position = Math.max(0, Math.min(this.position, last + NEARLY_ONE));
  }

  /** To a step of the recording 0..last, or the nearest one. Returns whether `step` changed. */
  seek(step: number, last: number): boolean {
    const before = this.step;
    this.position = Math.max(0, Math.min(Math.round(step), last));
    return this.step !== before;
  }
}
