/** The card that is open beside the experiment: which it is, what was predicted, and whether it has been seen. */
import { createContext } from 'svelte';
import type { Session } from '../../core/session/types';
import type { PanelChoice } from '../../panels/frame/panel-choice.svelte';
import { isExercise, type Card } from './cards';

/** Seconds in which a card plays to its end; slower than the fewest steps a second is no slower. */
const SECONDS = 8;
const FEWEST = 4;

export class Lesson {
  card = $state.raw<Card | null>(null);
  /** Of a piece: the choice made; null before. */
  predicted = $state.raw<number | null>(null);
  /** The step to play to was on screen. */
  seen = $state.raw(false);
  /** Its first step has not been on screen yet. */
  starting = $state.raw(false);
  /** The problem it is about: once another one is open, the lesson is over. */
  private problem = '';

  constructor(private readonly panelChoice: PanelChoice) {}

  /** Opens a card's experiment; a piece waits for a prediction, a note plays at once. False where it was refused. */
  async begin(session: Session, card: Card): Promise<boolean> {
    const { playing } = session;
    session.pause();
    if (!(await session.open(card.experiment))) {
      if (playing) session.play();
      return false;
    }
    session.pause();
    session.seek(0);
    this.starting = true;
    this.card = card;
    this.predicted = null;
    this.seen = false;
    this.problem = problemOf(session);
    session.setSpeed(Math.max(FEWEST, Math.round(card.until / SECONDS)));
    if (card.panel) {
      this.panelChoice.choose(card.panel);
      this.panelChoice.unfold(true);
    }
    return true;
  }

  predict(session: Session, choice: number): void {
    if (this.predicted !== null) return;
    this.predicted = choice;
    session.play();
  }

  /** To be told of the step on screen: at the last step of the card it rests, once. */
  follow(session: Session): void {
    const { card } = this;
    if (!card) return;
    if (problemOf(session) !== this.problem) {
      this.end();
      return;
    }
    if (this.starting) {
      // What is on screen may still be the last step of what was open before.
      if (session.head !== 0) return;
      this.starting = false;
      if (!isExercise(card)) session.play();
    }
    const ended = session.head >= card.until;
    if (this.seen || !ended) return;
    this.seen = true;
    session.pause();
    session.seek(card.until);
  }

  end(): void {
    this.card = null;
  }
}

function problemOf(session: Session): string {
  return JSON.stringify(session.experiment?.problem);
}

export const [useLesson, provideLesson] = createContext<Lesson>();
