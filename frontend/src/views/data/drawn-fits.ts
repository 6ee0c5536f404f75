/** What is drawn of the runs' fits now, for who asks from outside the room: `window.__steepest`. */
import type { Fit } from '../../core/player/track';

let drawnOf: ((run: number) => Fit | null) | null = null;

/** Says who draws; returns the way to take it back. */
export function draws(fitOf: (run: number) => Fit | null): () => void {
  drawnOf = fitOf;
  return () => {
    if (drawnOf === fitOf) drawnOf = null;
  };
}

/** The fit of a run that is on the stage; null where there is none. */
export function drawnFit(run: number): Fit | null {
  return drawnOf?.(run) ?? null;
}
