/**
 * The page's display mode: full, for presenting (`?present=1`), or in a frame of another page (`?embed=1`).
 *
 * `<html class>` has the mode, for CSS; the stage and the charts then redraw at their new sizes.
 */
import { createContext } from 'svelte';

export type DisplayModeName = 'full' | 'presenter' | 'embed';

export class DisplayMode {
  mode = $state.raw<DisplayModeName>('full');

  /** Called once, before anything is drawn: sets the mode that the address asks for. */
  begin(): void {
    const params = new URLSearchParams(location.search);
    this.show(params.get('embed') === '1' ? 'embed' : params.get('present') === '1' ? 'presenter' : 'full');
  }

  togglePresenter(): void {
    if (this.mode === 'full') this.show('presenter');
    else this.leavePresenter();
  }

  leavePresenter(): void {
    if (this.mode !== 'presenter') return;
    this.show('full');
    // Also in the address, so that a reload does not return to it. The experiment in the hash stays.
    const params = new URLSearchParams(location.search);
    if (!params.has('present')) return;
    params.delete('present');
    const query = params.toString();
    history.replaceState(history.state, '', `${location.pathname}${query && `?${query}`}${location.hash}`);
  }

  private show(mode: DisplayModeName): void {
    this.mode = mode;
    document.documentElement.classList.toggle('presenter', mode === 'presenter');
    document.documentElement.classList.toggle('embed', mode === 'embed');
  }
}

/** The address of the full page with the current experiment. */
export function fullPageAddress(): string {
  const params = new URLSearchParams(location.search);
  params.delete('embed');
  params.delete('present');
  const query = params.toString();
  return `${location.origin}${location.pathname}${query && `?${query}`}${location.hash}`;
}

export const [useDisplayMode, provideDisplayMode] = createContext<DisplayMode>();
