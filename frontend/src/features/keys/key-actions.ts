/** The actions of the keys. */
import { defaultOf, optimizerEntry } from '../../core/experiment/catalog';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Session } from '../../core/session/types';
import { language } from '../../ui/i18n/i18n.svelte';
import type { ThemeChoice } from '../../ui/style/theme.svelte';
import type { DisplayMode } from '../display-mode/display-mode.svelte';
import { forkHere, setHyperparameters } from '../runs/run-edits';
import type { Sound } from '../sound/sound.svelte';
import type { KeyAction } from './key-table';

/** The learning rate's factor for one press; ten presses make a factor of ten. */
const RATE_FACTOR = 10 ** 0.1;

/** The objects that the keys act on. */
export interface KeyTargets {
  readonly session: Session;
  readonly displayMode: DisplayMode;
  readonly sound: Sound;
  readonly theme: ThemeChoice;
  /** Opens or closes the help sheet. */
  help(): void;
}

/** Performs an action. which: index of the key among those of its binding. */
export function performAction(targets: KeyTargets, action: KeyAction, which: number): void {
  const { session, displayMode, sound, theme } = targets;
  const does: Record<KeyAction, () => void> = {
    toggle: () => (session.playing ? session.pause() : session.play()),
    back: () => session.stepBy(-1),
    on: () => session.stepBy(1),
    back10: () => session.stepBy(-10),
    on10: () => session.stepBy(10),
    start: () => session.seek(0),
    end: () => session.seek(session.last),
    slower: () => scaleRate(session, 1 / RATE_FACTOR),
    faster: () => scaleRate(session, RATE_FACTOR),
    fork: () => void forkHere(session),
    select: () => session.select(which),
    undo: () => void session.undo(),
    redo: () => void session.redo(),
    present: () => displayMode.togglePresenter(),
    sound: () => sound.toggle(),
    theme: () => theme.toggle(),
    language: () => language.choose(language.now === 'en' ? 'zh' : 'en'),
    help: () => targets.help(),
    leave: () => displayMode.leavePresenter(),
  };
  does[action]();
}

/** Multiplies the selected run's learning rate, the first hyperparameter of its optimizer, within the slider's range. */
export function scaleRate(session: Session, factor: number): void {
  const { catalog, experiment, selected, head } = session;
  if (!catalog || !experiment?.runs[selected]) return;
  const optimizer = hyperparametersAt(experiment, selected, head);
  const [param] = optimizerEntry(catalog, optimizer.id)?.params ?? [];
  if (param?.kind !== 'number') return;
  const value = optimizer[param.id] ?? defaultOf(param);
  if (typeof value !== 'number' || (factor > 1 ? value >= param.high : value <= param.low)) return;
  const next = Math.min(param.high, Math.max(param.low, Number((value * factor).toPrecision(3))));
  setHyperparameters(session, selected, { [param.id]: next });
}
