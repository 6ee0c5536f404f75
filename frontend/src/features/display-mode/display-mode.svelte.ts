/**
 * How the page shows itself: whole, for a class (`?present=1`), or in a frame of another page (`?embed=1`).
 *
 * `<html class>` names it, so that sizes follow in CSS, and stage and charts draw anew with the sizes of then.
 */
import { createContext } from 'svelte';

export type DisplayModeName = 'whole' | 'presenter' | 'embed';

export class DisplayMode {
  way = $state.raw<DisplayModeName>('whole');

  /** Once, before anything is drawn: what the address asks for. */
  begin(): void {
    const asked = new URLSearchParams(location.search);
    this.show(asked.get('embed') === '1' ? 'embed' : asked.get('present') === '1' ? 'presenter' : 'whole');
  }

  togglePresenter(): void {
    if (this.way === 'whole') this.show('presenter');
    else this.leavePresenter();
  }

  leavePresenter(): void {
    if (this.way !== 'presenter') return;
    this.show('whole');
    // Who loads the page again has left it as well. The experiment, after the #, stays.
    const asked = new URLSearchParams(location.search);
    if (!asked.has('present')) return;
    asked.delete('present');
    const left = asked.toString();
    history.replaceState(history.state, '', `${location.pathname}${left && `?${left}`}${location.hash}`);
  }

  private show(way: DisplayModeName): void {
    this.way = way;
    document.documentElement.classList.toggle('presenter', way === 'presenter');
    document.documentElement.classList.toggle('embed', way === 'embed');
  }
}

/** The address of the whole page with the experiment that is on it now. */
export function wholeAddress(): string {
  const asked = new URLSearchParams(location.search);
  asked.delete('embed');
  asked.delete('present');
  const left = asked.toString();
  return `${location.origin}${location.pathname}${left && `?${left}`}${location.hash}`;
}

export const [useDisplayMode, provideDisplayMode] = createContext<DisplayMode>();
