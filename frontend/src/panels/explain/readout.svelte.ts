/** What the panels say of the step on screen, read from the frames a few times a second. */
import { STATUSES } from '../../core/player/track';
import { verdictAt } from '../../core/player/verdict-at';
import type { Verdict } from '../../core/protocol/wire';
import type { DrawState, Session } from '../../core/session/types';

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
  /** Of the selected run; null where nothing is recorded of it. */
  verdict = $state.raw<Verdict | null>(null);
  /** The step that it is told at: the one on screen, or the run's last record. */
  step = $state(0);

  private latest: DrawState | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readAt = -Infinity;

  /** Whether the latest frame has been read: then all of this is of the step on screen. */
  get current(): boolean {
    return this.latest !== null && this.timer === null;
  }

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
    const { recording, head, selected } = this.latest;
    const track = recording.tracks[selected];
    this.step = Math.min(head, (track?.length ?? 1) - 1);
    this.verdict = track ? verdictAt(track, this.step) : null;
  }
}

function readRuns({ recording, head }: DrawState): RunReadout[] {
  return recording.tracks.map((track) => {
    const step = Math.min(head, track.length - 1);
    const divergedAt = track.divergedAt !== null && head >= track.divergedAt ? track.divergedAt : null;
    return { loss: track.loss[step] ?? Number.NaN, status: STATUSES[track.status[step] ?? 0] ?? 'running', divergedAt };
  });
}
