/** Asks the server about what is on screen: at rest at once, while playing now and then, one question at a time. */
import type { Experiment } from '../protocol/wire';
import { Refused } from '../session/faults';
import type { DrawState, Fault, Session } from '../session/types';

/** Milliseconds before a question that came at a bad moment is asked again. */
const AGAIN = 500;

/** Of what an answer is: another experiment or an edit makes it void. */
interface Ground {
  readonly experiment: Experiment;
  readonly epoch: number;
}

export class QueryWhilePlaying<Question extends object, Answer> {
  /** The latest answer about the present recording; null before there is one. */
  shown = $state.raw<Answer | null>(null);
  /** Why there is none; null where there is. */
  fault = $state.raw<Fault | null>(null);
  asking = $state(false);

  private frame: DrawState | null = null;
  private ground: Ground | null = null;
  private wanted: Question | null = null;
  private answered = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private askedAt = -Infinity;
  private stopped = false;

  /**
   * question: what is to be asked of a frame; null: nothing. pace: milliseconds from an answer to the next question
   * while playing.
   */
  constructor(
    private readonly session: Pick<Session, 'onFrame' | 'playing'>,
    private readonly question: (frame: DrawState) => Question | null,
    private readonly ask: (question: Question) => Promise<Answer>,
    private readonly pace: number,
  ) {}

  /** Begins; returns the way to stop. */
  follow(): () => void {
    const stop = this.session.onFrame((frame) => {
      this.frame = frame;
      this.look();
    });
    return () => {
      this.stopped = true;
      stop();
      this.wait(null);
    };
  }

  /** What is asked for has changed, or playing has begun or stopped: nothing is waited for any longer. */
  hurry(): void {
    this.askedAt = -Infinity;
    this.look();
  }

  private look(): void {
    const { frame } = this;
    if (!frame || this.stopped) return;
    const { experiment, recording } = frame;
    if (this.ground?.experiment !== experiment || this.ground.epoch !== recording.epoch) {
      const before = this.ground?.experiment.problem;
      this.ground = { experiment, epoch: recording.epoch };
      this.answered = '';
      if (JSON.stringify(before) !== JSON.stringify(experiment.problem)) this.shown = null; // of another problem
    }
    this.wanted = this.question(frame);
    if (this.wanted === null) this.shown = null;
    this.schedule();
  }

  private schedule(): void {
    this.wait(null);
    if (this.asking || this.stopped || !this.wanted || JSON.stringify(this.wanted) === this.answered) return;
    const left = this.session.playing ? this.askedAt + this.pace - performance.now() : 0;
    if (left > 0) this.wait(left);
    else void this.put(this.wanted, this.ground);
  }

  private wait(milliseconds: number | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = milliseconds === null ? null : setTimeout(() => this.schedule(), milliseconds);
  }

  private async put(question: Question, ground: Ground | null): Promise<void> {
    this.asking = true;
    let again = 0;
    try {
      const answer = await this.ask(question);
      if (!this.stopped && ground === this.ground && this.wanted) {
        this.shown = answer;
        this.fault = null;
        this.answered = JSON.stringify(question);
      }
    } catch (error) {
      // Given up for a later one, not yet made anew after an edit, or the connection is lost: asked again soon.
      const passing = !(error instanceof Refused) || error.fault.code !== 'invalid' || error.fault.field === 'step';
      if (passing) again = AGAIN;
      else if (ground === this.ground) {
        this.fault = error.fault;
        this.answered = JSON.stringify(question);
      }
    }
    this.asking = false;
    this.askedAt = performance.now();
    if (again > 0) this.wait(again);
    else this.schedule();
  }
}
