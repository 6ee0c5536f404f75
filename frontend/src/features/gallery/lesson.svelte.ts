/** The open card, the user's prediction, and whether the card has been played to its end. */
import { createContext } from 'svelte';
import type { Session } from '../../core/session/types';
import type { PanelChoice } from '../../panels/frame/panel-choice.svelte';
import type { MapChoice } from '../../panels/map/map-choice.svelte';
import { isExercise, type Card } from './cards';

/** Seconds in which a card plays to its end, at FEWEST steps a second at least. */
const SECONDS = 8;
const FEWEST = 4;

export class Lesson {
  card = $state.raw<Card | null>(null);
  /** Index of the chosen answer of an exercise; null before. */
  predicted = $state.raw<number | null>(null);
  /** The card's last step was on screen. */
  seen = $state.raw(false);
  /** The card's first step has not been on screen yet. */
  starting = $state.raw(false);
  /** The card's problem, as JSON: when another one is opened, the card closes. */
  private problem = '';

  constructor(
    private readonly panelChoice: PanelChoice,
    private readonly mapChoice: MapChoice,
  ) {}

  /** Opens a card's experiment; an exercise waits for a prediction, a note plays at once. False where it was refused. */
  async begin(session: Session, card: Card): Promise<boolean> {
    const { playing } = session;
    session.pause();
    if (!(await session.open(card.experiment, { from: [] }))) {
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
    session.playThrough(card.until);
    session.select(isExercise(card) ? 0 : card.run); // before a prediction it would be a hint
    session.setSpeed(Math.max(FEWEST, Math.round(card.until / SECONDS)));
    const map = mapOf(card);
    if (map) this.mapChoice.show(map, null);
    this.panelChoice.followCard(map ? undefined : (card.panel ?? undefined));
    return true;
  }

  predict(session: Session, choice: number): void {
    if (this.predicted !== null) return;
    this.predicted = choice;
    if (this.card) session.select(this.card.run);
    if (this.card && mapOf(this.card)) this.panelChoice.followCard(this.card.panel ?? undefined); // before, it would be the answer
    session.play();
  }

  /** Call when the step on screen has changed: pauses once at the card's last step. */
  follow(session: Session): void {
    const { card } = this;
    if (!card) return;
    if (problemOf(session) !== this.problem) {
      this.end();
      return;
    }
    if (this.starting) {
      // The screen may still show the last step of the experiment before.
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

/** The numbers of the map of runs that a card shows; null for none. */
const mapOf = (card: Card): [string, string] | null => (isExercise(card) ? card.map : null);

function problemOf(session: Session): string {
  return JSON.stringify(session.experiment?.problem);
}

export const [useLesson, provideLesson] = createContext<Lesson>();
