/** The selected panel below the sentence, and whether it is expanded; both are remembered. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';

export class PanelChoice {
  chosen = $state(remembered('panel') ?? '');
  open = $state(remembered('step') === 'open');

  choose(id: string): void {
    this.chosen = id;
    remember('panel', id);
  }

  unfold(open: boolean): void {
    this.open = open;
    remember('step', open ? 'open' : 'folded');
  }
}

export const [usePanelChoice, providePanelChoice] = createContext<PanelChoice>();
