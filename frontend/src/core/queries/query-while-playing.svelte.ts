/** Asks the server about what is on screen: at once at rest, at a limited rate while playing, one query at a time. */
import { onMount, untrack } from 'svelte';
import type { Experiment } from '../protocol/wire';
import { Refused } from '../session/faults';
import type { DrawState, Fault, Session } from '../session/types';

/** Milliseconds before a query that failed is sent again. */
const RETRY = 500;

interface Options {
  /** Milliseconds from an answer to the next query while playing. */
  readonly interval: number;
  /** The answer is about the selected run: dropped when another run or recording is shown, not only another problem. */
  readonly perRun?: boolean;
}

/** What an answer is about; it is void once this has changed. run: -1 where it is not about the selected run. */
interface Context {
  readonly experiment: Experiment;
  readonly epoch: number;
  readonly run: number;
}

export class QueryWhilePlaying<Question extends object, Answer> {
  /** The latest answer; null before there is one. */
  shown = $state.raw<Answer | null>(null);
  /** Why the server refused the last query; null where it did not. */
  fault = $state.raw<Fault | null>(null);
  asking = $state(false);

  private state: DrawState | null = null;
  private context: Context | null = null;
  private wanted: Question | null = null;
  private answered = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private answeredAt = -Infinity;
  private stopped = false;

  /** question: what to ask about a frame; null: nothing. */
  constructor(
    private readonly session: Pick<Session, 'onFrame' | 'playing'>,
    private readonly question: (state: DrawState) => Question | null,
    private readonly ask: (question: Question) => Promise<Answer>,
    private readonly options: Options,
  ) {}

  /** Starts; returns a function that stops. */
  follow(): () => void {
    const stop = this.session.onFrame((state) => {
      this.state = state;
      this.update();
    });
    return () => {
      this.stopped = true;
      stop();
      clearTimeout(this.timer);
    };
  }

  /** For a component, while it is initialised: follows as long as it is mounted. depends: reads what the question depends on. */
  attach(depends: () => void = () => {}): void {
    onMount(() => this.follow());
    $effect(() => {
      void this.session.playing;
      depends();
      untrack(() => this.refresh());
    });
  }

  /** The question has changed, or playing has started or stopped: asks without waiting for the interval. */
  refresh(): void {
    this.answeredAt = -Infinity;
    this.update();
  }

  private update(): void {
    if (!this.state || this.stopped) return;
    const { experiment, recording: { epoch }, selected } = this.state;
    const { perRun = false } = this.options;
    const run = perRun ? selected : -1;
    const before = this.context;
    if (before?.experiment !== experiment || before.epoch !== epoch || before.run !== run) {
      this.context = { experiment, epoch, run };
      this.answered = '';
      if (perRun || JSON.stringify(before?.experiment.problem) !== JSON.stringify(experiment.problem)) this.shown = null;
    }
    this.wanted = this.question(this.state);
    if (this.wanted === null) this.shown = null;
    this.schedule();
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (this.asking || this.stopped || !this.wanted || JSON.stringify(this.wanted) === this.answered) return;
    const wait = this.session.playing ? this.answeredAt + this.options.interval - performance.now() : 0;
    if (wait > 0) this.timer = setTimeout(() => this.schedule(), wait);
    else void this.send(this.wanted, this.context);
  }

  private async send(question: Question, context: Context | null): Promise<void> {
    this.asking = true;
    let retry = false;
    try {
      const answer = await this.ask(question);
      if (!this.stopped && context === this.context && this.wanted) {
        this.shown = answer;
        this.fault = null;
        this.answered = JSON.stringify(question);
      }
    } catch (error) {
      // Overtaken by a later query, or the step is not recomputed yet after an edit, or the connection is lost: ask again.
      retry = !(error instanceof Refused) || error.fault.code !== 'invalid' || error.fault.field.endsWith('step');
      if (!retry && context === this.context) {
        this.fault = (error as Refused).fault;
        this.answered = JSON.stringify(question);
      }
    }
    this.asking = false;
    this.answeredAt = performance.now();
    if (!retry) this.schedule();
    else if (!this.stopped) this.timer = setTimeout(() => this.schedule(), RETRY);
  }
}
