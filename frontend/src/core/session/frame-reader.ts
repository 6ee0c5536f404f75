/** Passes the latest frame to a function, at most once in an interval: for texts, which cannot be read at 60 a second. */
import type { DrawState, Session } from './types';

export class FrameReader {
  private latest: DrawState | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readAt = -Infinity;

  /** interval: in milliseconds. */
  constructor(
    private readonly interval: number,
    private readonly read: (frame: DrawState) => void,
  ) {}

  /** Whether the latest frame has been read. */
  get current(): boolean {
    return this.latest !== null && this.timer === null;
  }

  /** Starts; returns a function that stops. */
  follow(session: Pick<Session, 'onFrame'>): () => void {
    const stop = session.onFrame((frame) => {
      this.latest = frame;
      this.timer ??= setTimeout(() => this.readLatest(), Math.max(0, this.readAt + this.interval - performance.now()));
    });
    return () => {
      stop();
      if (this.timer !== null) clearTimeout(this.timer);
    };
  }

  private readLatest(): void {
    this.timer = null;
    this.readAt = performance.now();
    if (this.latest) this.read(this.latest);
  }
}
