/**
 * The learning problem shown in the setup column: the open one, or one that the user has chosen and the server has refused.
 * Changes apply to the shown one, so that a model and a loss can be changed one after the other while the previous
 * experiment stays open.
 */
import { createContext } from 'svelte';
import { isLearning, type LearningProblem } from '../experiment/problem';
import type { Experiment } from '../protocol/wire';
import type { Session } from './types';

/** An experiment to open if the one before is refused for a field whose path starts with `over`. */
export interface Fallback {
  readonly over: string;
  readonly experiment: Experiment;
}

export class LearningDraft {
  /** A chosen problem that is not open; null where the open one is shown. */
  problem = $state.raw<LearningProblem | null>(null);
  /** Opens without a reply yet. */
  private pending = $state(0);
  /** The problem that was open when the draft was made. */
  private before = '';

  /** The problem to show; null for a surface. */
  of(experiment: Experiment): LearningProblem | null {
    return this.problem ?? (isLearning(experiment.problem) ? experiment.problem : null);
  }

  /** The shown problem was refused, or is not complete. */
  get waits(): boolean {
    return this.problem !== null && this.pending === 0;
  }

  /** Shows a problem that cannot be opened yet, such as a table without a file. */
  show(session: Session, problem: LearningProblem): void {
    this.before = JSON.stringify(session.experiment?.problem);
    this.problem = problem;
  }

  /** Opens an experiment on a problem; if it is refused, the problem is still shown. */
  async open(session: Session, experiment: Experiment, problem: LearningProblem, ...fallbacks: readonly Fallback[]): Promise<boolean> {
    this.show(session, problem);
    this.pending += 1;
    let accepted = await session.open(experiment);
    for (const other of fallbacks) {
      // Unless another problem has been chosen meanwhile.
      if (accepted || this.problem !== problem || !session.fault?.field.startsWith(other.over)) continue;
      accepted = await session.open(other.experiment);
    }
    this.pending -= 1;
    if (accepted && this.problem === problem) this.problem = null;
    return accepted;
  }

  /** Back to the open problem. */
  drop(session: Session): void {
    this.problem = null;
    session.clearFault();
  }

  /** Drops the draft when another problem is opened from elsewhere. */
  follow(experiment: Experiment): void {
    if (this.waits && JSON.stringify(experiment.problem) !== this.before) this.problem = null;
  }
}

export const [useLearningDraft, provideLearningDraft] = createContext<LearningDraft>();
