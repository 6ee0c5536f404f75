/** Calls back once a display frame while there is work, and stops by itself. */

export class AnimationLoop {
  private requested: number | null = null;
  private previous: number | null = null;

  /** frame: called with the seconds since the last frame (0 for the first after a stop); returns whether to go on. */
  constructor(private readonly frame: (seconds: number) => boolean) {}

  /** Something changed: request a frame. */
  wake(): void {
    this.requested ??= requestAnimationFrame(this.run);
  }

  stop(): void {
    if (this.requested !== null) cancelAnimationFrame(this.requested);
    this.requested = null;
    this.previous = null;
  }

  private readonly run = (now: number): void => {
    this.requested = null;
    const seconds = this.previous === null ? 0 : (now - this.previous) / 1000;
    this.previous = now;
    if (this.frame(seconds)) this.wake();
    else if (this.requested === null) this.previous = null;
  };
}
