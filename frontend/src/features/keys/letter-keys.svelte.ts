/** Whether single-character keys are enabled. Users of speech input, or who press keys by accident, turn them off. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';

export class LetterKeys {
  on = $state(remembered('letters') !== 'off');

  choose(on: boolean): void {
    this.on = on;
    remember('letters', on ? 'on' : 'off');
  }
}

export const [useLetterKeys, provideLetterKeys] = createContext<LetterKeys>();
