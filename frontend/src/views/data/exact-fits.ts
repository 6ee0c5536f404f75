/** The fit to draw of each run: the kept one while playing, at rest that of the very step on screen. */
import type { Fit } from '../../core/player/track';
import type { DrawState, Session } from '../../core/session/types';

/** Milliseconds of rest before a fit is asked for. */
const REST = 120;

interface Asked {
  readonly epoch: number;
  readonly step: number;
  fit: Fit | null;
}

export class ExactFits {
  private readonly asked = new Map<number, Asked>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  /** arrived: told when a fit is there that was not. */
  constructor(
    private readonly session: Session,
    private readonly arrived: () => void,
  ) {}

  /** null where nothing of it is known yet. */
  of(frame: DrawState, run: number): Fit | null {
    const track = frame.recording.tracks[run];
    if (!track || track.length === 0) return null;
    const step = Math.min(frame.head, track.length - 1);
    const asked = this.asked.get(run);
    if (asked?.fit && asked.step === step && asked.epoch === frame.recording.epoch) return asked.fit;
    return track.fitAt(step);
  }

  /** Asks for what these runs lack of the step on screen, once it has rested: where playing stops, no frame says so. */
  want(frame: DrawState, runs: readonly number[]): void {
    clearTimeout(this.timer);
    const lacking = runs.filter((run) => this.lacks(frame, run));
    if (lacking.length === 0) return;
    this.timer = setTimeout(() => {
      if (this.session.playing) this.want(frame, runs);
      else lacking.forEach((run) => this.ask(frame, run));
    }, REST);
  }

  /** Another problem: nothing that was asked for belongs to it. */
  forget(): void {
    clearTimeout(this.timer);
    this.asked.clear();
  }

  stop(): void {
    this.stopped = true;
    this.forget();
  }

  private lacks(frame: DrawState, run: number): boolean {
    const track = frame.recording.tracks[run];
    if (!track || track.length === 0) return false;
    const step = Math.min(frame.head, track.length - 1);
    const asked = this.asked.get(run);
    const known = asked?.step === step && asked.epoch === frame.recording.epoch;
    return !known && track.fitAt(step)?.step !== step;
  }

  private ask(frame: DrawState, run: number): void {
    const track = frame.recording.tracks[run];
    if (!track) return;
    const asked: Asked = { epoch: frame.recording.epoch, step: Math.min(frame.head, track.length - 1), fit: null };
    this.asked.set(run, asked);
    this.session.fit(asked.step, run).then(
      (fit) => {
        if (this.stopped || this.asked.get(run) !== asked) return;
        asked.fit = fit;
        this.arrived();
      },
      () => {
        // The connection was lost, or the experiment changed meanwhile: what is drawn stays.
        if (this.asked.get(run) === asked) this.asked.delete(run);
      },
    );
  }
}
