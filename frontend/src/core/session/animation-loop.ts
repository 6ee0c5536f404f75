/** The display's beat: runs while something changes, and stops by itself. */

export class AnimationLoop {
  private requested: number | null = null;
  private previous: number | null = null;

  /**
   * beat: called once a display frame with the time in ms and the seconds since the last frame (0 for the first one
   * after a rest); says whether there is something to do in the next frame.
   */
  constructor(private readonly beat: (now: number, seconds: number) => boolean) {}

  /** Something changed: there is a frame coming. */
  wake(): void {
    this.requested ??= requestAnimationFrame(this.frame);
  }

  stop(): void {
    if (this.requested !== null) cancelAnimationFrame(this.requested);
    this.requested = null;
    this.previous = null;
  }

  private readonly frame = (now: number): void => {
    this.requested = null;
    const seconds = this.previous === null ? 0 : (now - this.previous) / 1000;
    this.previous = now;
    if (this.beat(now, seconds)) this.wake();
    else if (this.requested === null) this.previous = null;
  };
}
