/** The learning rates ahead, as the server's schedulers will set them; asked for again as the axis of steps grows. */
import type { Experiment, RatesAnswer } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { Session } from '../../core/session/types';

/** Milliseconds of rest before it asks: a slider that is dragged makes an edit after each answer. */
const REST = 60;

export class LearningRatePreview {
  /** By run; a run without a schedule, or with one that depends on more than the step, has none. */
  rates: RatesAnswer = [];
  private experiment: Experiment | null = null;
  private until = 0;
  private readonly query: LatestQuery<[number], RatesAnswer>;

  constructor(
    private readonly session: Session,
    arrived: () => void,
  ) {
    const set = (rates: RatesAnswer): void => {
      this.rates = rates;
      arrived();
    };
    this.query = new LatestQuery((until: number) => session.rates(until), set, REST);
  }

  /** The open experiment, and the end of the axis of steps. The last rates stay until the new ones arrive. */
  update(experiment: Experiment, until: number): void {
    if (experiment === this.experiment && until === this.until) return;
    this.experiment = experiment;
    this.until = until;
    if (experiment.runs.some((run) => run.schedule)) this.query.askSoon(until);
    else this.clear();
  }

  /** Another experiment: its runs are others. */
  clear(): void {
    this.query.stop();
    this.rates = [];
  }

  /** Whether a run's schedule depends on more than the step, so that its rates are not known ahead. */
  isUnknown(experiment: Experiment, run: number): boolean {
    const id = experiment.runs[run]?.schedule?.id;
    return this.session.catalog?.schedules.find((entry) => entry.id === id)?.ahead === false;
  }

  stop(): void {
    this.query.stop();
  }
}
