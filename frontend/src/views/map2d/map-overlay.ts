/** What another part of the page draws over the map of two parameters, or the curve of one. */
import type { Theme } from '../../render/colours/theme-colours';
import type { Place } from '../../render/viewport/viewport';

export interface MapOverlay {
  /**
   * Draws on a canvas that is clipped to the plot, after the runs. place: of two numbers in data units, CSS pixels; of the
   * curve they are the parameter and the loss.
   */
  draw(context: CanvasRenderingContext2D, place: (x: number, y: number) => Place, theme: Theme): void;
  /** Calls `redraw` whenever there is something else to draw; returns a function that stops. */
  watch(redraw: () => void): () => void;
}
