/** The page's state besides the session: created in App.svelte, and given to the components by context. */
import { LearningDraft, provideLearningDraft } from '../core/session/learning-draft.svelte';
import type { Session } from '../core/session/types';
import { DisplayMode, provideDisplayMode } from '../features/display-mode/display-mode.svelte';
import { Lesson, provideLesson } from '../features/gallery/lesson.svelte';
import { LetterKeys, provideLetterKeys } from '../features/keys/letter-keys.svelte';
import { provideTables, Tables } from '../features/setup/tables.svelte';
import { FileOpening, provideFileOpening } from '../features/sharing/opening.svelte';
import { provideSound, Sound } from '../features/sound/sound.svelte';
import { Readout } from '../panels/explain/readout.svelte';
import { PanelChoice, providePanelChoice } from '../panels/frame/panel-choice.svelte';
import { MapChoice, provideMapChoice } from '../panels/map/map-choice.svelte';
import { provideThemeChoice, ThemeChoice } from '../ui/style/theme.svelte';
import { DrawnFits, provideDrawnFits } from '../views/data/drawn-fits';
import { provideStepArrows, StepArrows } from '../views/loss-scene/step-arrows.svelte';

export class AppState {
  readonly theme = new ThemeChoice();
  readonly displayMode = new DisplayMode();
  readonly learningDraft = new LearningDraft();
  readonly stepArrows = new StepArrows();
  readonly drawnFits = new DrawnFits();
  readonly panelChoice = new PanelChoice();
  readonly readout = new Readout();
  readonly mapChoice = new MapChoice();
  readonly lesson = new Lesson(this.panelChoice, this.mapChoice);
  readonly tables = new Tables();
  readonly fileOpening = new FileOpening();
  readonly letterKeys = new LetterKeys();
  readonly sound = new Sound();

  constructor(readonly session: Session) {}

  /** Called once, before anything is drawn: sets the theme and the display mode, as remembered or from the address. */
  begin(): void {
    this.theme.begin();
    this.displayMode.begin();
  }

  /** Shows the map of runs of the address, and of each one that is entered later. Returns a function that stops. */
  followAddress(): () => void {
    const read = async (): Promise<void> => {
      if (await this.mapChoice.fromLink(location.hash)) this.panelChoice.show('runmap');
    };
    const changed = (): void => void read();
    changed();
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }

  /** Provides the state to the calling component and all below it; to be called while that one is initialised. */
  provide(): void {
    provideThemeChoice(this.theme);
    provideDisplayMode(this.displayMode);
    provideLearningDraft(this.learningDraft);
    provideStepArrows(this.stepArrows);
    provideDrawnFits(this.drawnFits);
    providePanelChoice(this.panelChoice);
    provideMapChoice(this.mapChoice);
    provideLesson(this.lesson);
    provideTables(this.tables);
    provideFileOpening(this.fileOpening);
    provideLetterKeys(this.letterKeys);
    provideSound(this.sound);
  }
}
