/** Clicks and taps on a plot, as places in the data. */
import { fromX, fromY, placeOf, roundToPixel, within, type Place, type Viewport } from '../../render/viewport/viewport';

/** CSS pixels: a press that moves farther is no click. */
const CLICK_DISTANCE = 5;

/** Starts listening; returns a function that stops it. */
export function listenToClicks(host: HTMLElement, view: Viewport, onclick: (x: number, y: number) => void): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let press: (Place & { id: number }) | null = null;
  host.addEventListener('pointerdown', (event) => {
    press = event.button === 0 && event.isPrimary ? { ...placeOf(event, host), id: event.pointerId } : null;
  }, { capture: true, signal });
  window.addEventListener('pointercancel', () => (press = null), { signal });
  window.addEventListener('pointerup', (event) => {
    const from = press;
    press = null;
    if (from?.id !== event.pointerId) return;
    const { x, y } = placeOf(event, host);
    if (Math.hypot(x - from.x, y - from.y) <= CLICK_DISTANCE && within(view, x, y)) onclick(...dataAt(view, x, y));
  }, { signal });
  return () => controller.abort();
}

/** The point in the data at a place in CSS pixels. */
export function dataAt(view: Viewport, x: number, y: number): [number, number] {
  return [
    roundToPixel(fromX(view, x), (view.x1 - view.x0) / view.width),
    roundToPixel(fromY(view, y), (view.y1 - view.y0) / view.height),
  ];
}
