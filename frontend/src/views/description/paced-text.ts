/** A text about a picture that moves: at rest as it is, while playing anew every few seconds, since one that changes under
 * its reader helps nobody. */
import type { DrawState, Session } from '../../core/session/types';

/** Milliseconds between two texts while playing, and of rest before one at rest. */
const PACE = 5000;
const REST = 200;

export class PacedText {
  private latest: DrawState | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private last = -Infinity;
  private readonly stopFollowing: () => void;

  constructor(
    session: Session,
    private readonly tell: (frame: DrawState) => void,
  ) {
    this.stopFollowing = session.onFrame((frame) => {
      this.latest = frame;
      this.timer ??= setTimeout(this.told, session.playing ? Math.max(0, this.last + PACE - performance.now()) : REST);
    });
  }

  /** It came to rest, or something else changed that the text is about: told soon. */
  soon(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(this.told, REST);
  }

  stop(): void {
    this.stopFollowing();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private readonly told = (): void => {
    this.timer = null;
    this.last = performance.now();
    if (this.latest) this.tell(this.latest);
  };
}
