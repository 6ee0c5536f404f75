/** The fits that the data plot draws now, for the test hook to read. */
import { createContext } from 'svelte';
import type { Fit } from '../../core/player/track';

export class DrawnFits {
  private fitOf: ((run: number) => Fit | null) | null = null;

  /** Called by what draws fits; returns the way to take it back. */
  drawnBy(fitOf: (run: number) => Fit | null): () => void {
    this.fitOf = fitOf;
    return () => {
      if (this.fitOf === fitOf) this.fitOf = null;
    };
  }

  /** The fit of a run that is drawn; null where there is none. */
  of(run: number): Fit | null {
    return this.fitOf?.(run) ?? null;
  }
}

export const [useDrawnFits, provideDrawnFits] = createContext<DrawnFits>();
