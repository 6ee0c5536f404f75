/** The step on screen and how it moves with time. Uses neither the display nor a clock. */

/** Seconds that one tick counts at most, so that the head does not jump after the machine was suspended. */
const LONGEST_TICK = 0.25;

/** The largest fraction of the next step that accumulates before its record is there. */
const NEARLY_ONE = 1 - 1e-9;

export class PlayHead {
  playing = false;
  /** Steps a second; Infinity: always the last record. */
  speed = 30;
  /** In steps, with the elapsed fraction of the next one; less than `last + 1`. */
  private position = 0;

  /** An integer, at least 0. */
  get step(): number {
    return Math.floor(this.position);
  }

  /**
   * Advances by `seconds`, at most to record `last`. Time spent waiting there is not made up later, except the fraction of
   * one step. Returns whether `step` changed.
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

  /** Records after `last` are gone: moves back to it if the head is beyond, and keeps the elapsed fraction. */
  keepWithin(last: number): void {
    this.position = Math.max(0, Math.min(this.position, last + NEARLY_ONE));
  }

  /** Moves to the nearest step in 0..last. Returns whether `step` changed. */
  seek(step: number, last: number): boolean {
    const before = this.step;
    this.position = Math.max(0, Math.min(Math.round(step), last));
    return this.step !== before;
  }
}
