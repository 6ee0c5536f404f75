/** The learning rates ahead: what the server's schedulers will make of them, asked for as the axis of steps grows. */
import type { Experiment, RatesAnswer } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { Session } from '../../core/session/types';

/** Milliseconds of rest before it asks: a slider that is being turned makes an edit after each answer. */
const REST = 60;

export class LearningRatePreview {
  /** By run; those without a schedule, or with one that is not known ahead, have none. */
  told: RatesAnswer = [];
  private experiment: Experiment | null = null;
  private until = 0;
  private readonly latest: LatestQuery<[number], RatesAnswer>;

  constructor(
    private readonly session: Session,
    arrived: () => void,
  ) {
    const put = (until: number): Promise<RatesAnswer> => session.rates(until);
    this.latest = new LatestQuery(put, (told) => {
      this.told = told;
      arrived();
    }, REST);
  }

  /** What is open, and the end of the axis. The plan of before stays until the new one is told. */
  follow(experiment: Experiment, until: number): void {
    if (experiment === this.experiment && until === this.until) return;
    this.experiment = experiment;
    this.until = until;
    if (experiment.runs.some((run) => run.schedule)) this.latest.askSoon(until);
    else this.forget();
  }

  /** Another experiment: its runs are others. */
  forget(): void {
    this.latest.stop();
    this.told = [];
  }

  /** Whether a run's schedule goes by more than the number of the step: its rates are not known ahead. */
  blind(experiment: Experiment, run: number): boolean {
    const id = experiment.runs[run]?.schedule?.id;
    return this.session.catalog?.schedules.find((entry) => entry.id === id)?.ahead === false;
  }

  stop(): void {
    this.latest.stop();
  }
}
