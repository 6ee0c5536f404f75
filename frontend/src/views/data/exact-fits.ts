/** The fit to draw of each run: the latest recorded one while playing, at rest the one of the step on screen. */
import type { Fit } from '../../core/player/track';
import type { DrawState, Session } from '../../core/session/types';

/** Milliseconds of rest before a fit is asked for. */
const REST = 120;

interface Query {
  readonly epoch: number;
  readonly step: number;
  fit: Fit | null;
}

export class ExactFits {
  /** The last query of each run. */
  private readonly queries = new Map<number, Query>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  /** arrived: called when a fit that was asked for has come. */
  constructor(
    private readonly session: Session,
    private readonly arrived: () => void,
  ) {}

  /** null where no fit is known yet. */
  of(frame: DrawState, run: number): Fit | null {
    const track = frame.recording.tracks[run];
    if (!track || track.length === 0) return null;
    const step = Math.min(frame.head, track.length - 1);
    const query = this.queries.get(run);
    if (query?.fit && query.step === step && query.epoch === frame.recording.epoch) return query.fit;
    return track.fitAt(step);
  }

  /** Asks for the missing fits of the step on screen once it rests. A timer, because no frame comes when playing stops. */
  want(frame: DrawState, runs: readonly number[]): void {
    clearTimeout(this.timer);
    const missing = runs.filter((run) => this.isMissing(frame, run));
    if (missing.length === 0) return;
    this.timer = setTimeout(() => {
      if (this.session.playing) this.want(frame, runs);
      else missing.forEach((run) => this.ask(frame, run));
    }, REST);
  }

  /** Another problem: earlier answers do not belong to it. */
  clear(): void {
    clearTimeout(this.timer);
    this.queries.clear();
  }

  stop(): void {
    this.stopped = true;
    this.clear();
  }

  private isMissing(frame: DrawState, run: number): boolean {
    const track = frame.recording.tracks[run];
    if (!track || track.length === 0) return false;
    const step = Math.min(frame.head, track.length - 1);
    const query = this.queries.get(run);
    const known = query?.step === step && query.epoch === frame.recording.epoch;
    return !known && track.fitAt(step)?.step !== step;
  }

  private ask(frame: DrawState, run: number): void {
    const track = frame.recording.tracks[run];
    if (!track) return;
    const query: Query = { epoch: frame.recording.epoch, step: Math.min(frame.head, track.length - 1), fit: null };
    this.queries.set(run, query);
    this.session.fit(query.step, run).then(
      (fit) => {
        if (this.stopped || this.queries.get(run) !== query) return;
        query.fit = fit;
        this.arrived();
      },
      () => {
        // The connection was lost, or the experiment changed: what is drawn stays.
        if (this.queries.get(run) === query) this.queries.delete(run);
      },
    );
  }
}
