/** Whether keys that write a character do something: who speaks to the page, or presses keys unawares, turns them off. */
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
