/** Asks the server for the step that is on screen, in numbers: at rest at once, while playing now and then. */
import type { Experiment, Inspected } from '../../core/protocol/wire';
import type { DrawState, Session } from '../../core/session/types';

/** Milliseconds between two questions while playing, and before a question that failed is asked again. */
export const PACE = 500;

interface Question {
  readonly run: number;
  readonly step: number;
  readonly experiment: Experiment;
  readonly epoch: number;
}

type Asked = Pick<Session, 'inspect' | 'onFrame' | 'playing'>;

export class StepQuery {
  /** The latest answer that is about the selected run of the present recording; null before there is one. */
  shown = $state.raw<Inspected | null>(null);

  private wanted: Question | null = null;
  private answered: Question | null = null;
  private asking = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private askedAt = -Infinity;
  private stopped = false;

  /** told: of every change of `shown`. */
  constructor(
    private readonly session: Asked,
    private readonly told: (shown: Inspected | null) => void = () => {},
  ) {}

  /** Begins; returns the way to stop. */
  follow(): () => void {
    const stop = this.session.onFrame((frame) => this.looked(frame));
    return () => {
      this.stopped = true;
      stop();
      this.wait(null);
    };
  }

  /** Playing has stopped, or begun: nothing may be waited for any longer. */
  hurry(): void {
    this.schedule();
  }

  private looked(frame: DrawState): void {
    const question = questionOf(frame);
    if (this.wanted && question && sameStep(this.wanted, question)) return;
    this.wanted = question;
    if (this.answered && (!question || !sameRun(this.answered, question))) this.show(null, null);
    this.schedule();
  }

  private schedule(): void {
    this.wait(null);
    if (this.asking || this.stopped || !this.wanted || (this.answered && sameStep(this.answered, this.wanted))) return;
    const left = this.session.playing ? this.askedAt + PACE - performance.now() : 0;
    if (left > 0) this.wait(left);
    else void this.ask(this.wanted);
  }

  private wait(milliseconds: number | null): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = milliseconds === null ? null : setTimeout(() => this.schedule(), milliseconds);
  }

  private async ask(question: Question): Promise<void> {
    this.asking = true;
    this.askedAt = performance.now();
    let answer: Inspected | null = null;
    try {
      answer = await this.session.inspect(question.step, question.run);
    } catch {
      // Refused, since the step is being made anew, or the connection was lost twice: asked again below.
    }
    this.asking = false;
    if (this.stopped || !this.wanted) return;
    if (answer && sameRun(question, this.wanted)) this.show(answer, question);
    if (answer) this.schedule();
    else this.wait(PACE);
  }

  private show(answer: Inspected | null, question: Question | null): void {
    this.answered = question;
    this.shown = answer;
    this.told(answer);
  }
}

/** The step that leads on from the record on screen; of a run that has ended, the last step that it made. */
function questionOf({ experiment, recording, head, selected }: DrawState): Question | null {
  const track = recording.tracks[selected];
  if (!track || track.length === 0) return null;
  const ended = track.divergedAt !== null && head >= track.divergedAt;
  const step = ended ? Math.max(0, (track.divergedAt as number) - 1) : Math.min(head, track.length - 1);
  return { run: selected, step, experiment, epoch: recording.epoch };
}

function sameRun(one: Question, other: Question): boolean {
  return one.run === other.run && one.experiment === other.experiment && one.epoch === other.epoch;
}

function sameStep(one: Question, other: Question): boolean {
  return one.step === other.step && sameRun(one, other);
}
