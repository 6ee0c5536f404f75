/** The selected panel below the sentence, and whether it is expanded; both are remembered. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';

export class PanelChoice {
  chosen = $state(remembered('panel') ?? '');
  open = $state(remembered('step') === 'open');

  /** A card of the gallery has expanded the panel, and the user has touched neither choice since. */
  private byCard = false;

  choose(id: string): void {
    this.byCard = false;
    this.chosen = id;
    remember('panel', id);
  }

  /** Expands a panel, as the link that was opened wants; it is not remembered. */
  show(id: string): void {
    [this.chosen, this.open, this.byCard] = [id, true, false];
  }

  unfold(open: boolean): void {
    this.byCard = false;
    this.open = open;
    remember('step', open ? 'open' : 'folded');
  }

  /** Another card opens: what the card before has expanded is folded; the panel that this one is about is expanded. */
  followCard(id: string | undefined): void {
    if (this.byCard) [this.open, this.byCard] = [false, false];
    if (!id) return;
    this.byCard = !this.open;
    this.chosen = id;
    this.open = true;
  }
}

export const [usePanelChoice, providePanelChoice] = createContext<PanelChoice>();
