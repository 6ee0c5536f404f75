/** The fits that the data plot draws now, for the test hook to read. */
import { createContext } from 'svelte';
import type { Fit } from '../../core/player/track';

export class DrawnFits {
  private fitOf: ((run: number) => Fit | null) | null = null;

  /** Sets where the fits are read; returns a function that undoes it. */
  drawnBy(fitOf: (run: number) => Fit | null): () => void {
    this.fitOf = fitOf;
    return () => {
      if (this.fitOf === fitOf) this.fitOf = null;
    };
  }

  /** The drawn fit of a run; null where there is none. */
  of(run: number): Fit | null {
    return this.fitOf?.(run) ?? null;
  }
}

export const [useDrawnFits, provideDrawnFits] = createContext<DrawnFits>();
