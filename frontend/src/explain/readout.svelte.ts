/** What the panels say of the step on screen, read from the frames a few times a second. */
import { STATUSES, type Frame, type Session } from '../session/types';
import { verdict, type Verdict } from './verdict';

export interface RunReadout {
  /** At the step on screen, or at the run's last record. */
  readonly loss: number;
  readonly status: (typeof STATUSES)[number];
  /** The step at which it diverged, when that is not beyond the one on screen. */
  readonly divergedAt: number | null;
}

/** Milliseconds between two readings: faster than that nobody reads. */
const PACE = 80;

export class Readout {
  runs = $state.raw<readonly RunReadout[]>([]);
  verdict = $state.raw<Verdict | null>(null);

  private latest: Frame | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readAt = -Infinity;

  /** Follows a session; returns the way to stop. */
  follow(session: Session): () => void {
    const stop = session.onFrame((frame) => {
      this.latest = frame;
      this.timer ??= setTimeout(() => this.read(), Math.max(0, this.readAt + PACE - performance.now()));
    });
    return () => {
      stop();
      if (this.timer !== null) clearTimeout(this.timer);
    };
  }

  private read(): void {
    this.timer = null;
    this.readAt = performance.now();
    if (!this.latest) return;
    this.runs = readRuns(this.latest);
    this.verdict = verdict(this.latest);
  }
}

function readRuns({ recording, head }: Frame): RunReadout[] {
  return recording.tracks.map((track) => {
    const step = Math.min(head, track.length - 1);
    const divergedAt = track.divergedAt !== null && head >= track.divergedAt ? track.divergedAt : null;
    return { loss: track.loss[step] ?? Number.NaN, status: STATUSES[track.status[step] ?? 0] ?? 'running', divergedAt };
  });
}
