/**
 * The learning problem as it stands in the setup column: what is open, or what the user has asked for and the server has
 * refused. Changes are made to what stands there, so that a model and the loss that suits it can be chosen one after the
 * other; what plays meanwhile is still what was open before.
 */
import { createContext } from 'svelte';
import { isLearning, type LearningProblem } from '../experiment/problem';
import type { Experiment } from '../protocol/wire';
import type { Session } from './types';

/** An experiment to fall back to, where the one before was refused over a field whose path begins so. */
export interface Otherwise {
  readonly over: string;
  readonly experiment: Experiment;
}

export class LearningDraft {
  /** What was asked for and is not open; null where the experiment's own problem stands. */
  problem = $state.raw<LearningProblem | null>(null);
  /** How many opens are on their way. */
  private asked = $state(0);
  /** The problem that was open when the draft was made. */
  private before = '';

  /** What stands in the column: null where a surface does. */
  of(experiment: Experiment): LearningProblem | null {
    return this.problem ?? (isLearning(experiment.problem) ? experiment.problem : null);
  }

  /** Nothing is on its way, and what stands in the column is not what plays. */
  get waits(): boolean {
    return this.problem !== null && this.asked === 0;
  }

  /** Shows a problem that cannot be opened yet, such as a table whose file is still to come. */
  show(session: Session, problem: LearningProblem): void {
    this.before = JSON.stringify(session.experiment?.problem);
    this.problem = problem;
  }

  /** Opens an experiment on a problem; where it is refused, the problem stays in the column. */
  async open(session: Session, experiment: Experiment, problem: LearningProblem, ...others: readonly Otherwise[]): Promise<boolean> {
    this.show(session, problem);
    this.asked += 1;
    let accepted = await session.open(experiment);
    for (const other of others) {
      // Not where another was asked for meanwhile.
      if (accepted || this.problem !== problem || !session.fault?.field.startsWith(other.over)) continue;
      accepted = await session.open(other.experiment);
    }
    this.asked -= 1;
    if (accepted && this.problem === problem) this.problem = null;
    return accepted;
  }

  /** Back to what plays. */
  drop(session: Session): void {
    this.problem = null;
    session.clearFault();
  }

  /** Another problem was opened from elsewhere: what was refused before it is of no concern any more. */
  follow(experiment: Experiment): void {
    if (this.waits && JSON.stringify(experiment.problem) !== this.before) this.problem = null;
  }
}

export const [useLearningDraft, provideLearningDraft] = createContext<LearningDraft>();
