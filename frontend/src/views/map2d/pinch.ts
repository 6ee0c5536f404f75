/** Two fingers on the map: what was between them stays between them. One finger scrolls the page, as everywhere. */
import { placeOf, type Place, type Viewport } from '../../render/viewport/viewport';
import type { Ranges } from '../loss-scene/figures';
import type { Map2d } from './map2d';

export type Fingers = readonly [Place, Place];

/** CSS pixels: a smaller distance of the fingers counts as this one. */
const MIN_DISTANCE = 16;

/** The ranges, in axis units, that show under `to` what `view` showed under `from`. One factor for both axes. */
export function pinchRanges(view: Viewport, from: Fingers, to: Fingers): Ranges {
  const distance = ([a, b]: Fingers): number => Math.max(MIN_DISTANCE, Math.hypot(a.x - b.x, a.y - b.y));
  /** The middle as shares of the plot's width and height, from its left and bottom. */
  const middle = ([a, b]: Fingers): Place => ({
    x: ((a.x + b.x) / 2 - view.left) / view.width,
    y: 1 - ((a.y + b.y) / 2 - view.top) / view.height,
  });
  const factor = distance(from) / distance(to);
  const [before, after] = [middle(from), middle(to)];
  const range = (low: number, high: number, was: number, is: number): [number, number] => {
    const span = (high - low) * factor;
    const start = low + was * (high - low) - is * span;
    return [start, start + span];
  };
  return [range(view.x0, view.x1, before.x, after.x), range(view.y0, view.y1, before.y, after.y)];
}

/** Starts listening; returns a function that stops it. */
export function listenToPinches(host: HTMLElement, map: Map2d): () => void {
  const controller = new AbortController();
  // Not passive: the browser must not zoom or scroll the page under two fingers.
  const options = { capture: true, passive: false, signal: controller.signal } as const;
  let start: { view: Viewport; fingers: Fingers } | null = null;

  const fingersOf = ({ touches: [a, b] }: TouchEvent): Fingers | null => (a && b ? [placeOf(a, host), placeOf(b, host)] : null);
  const take = (event: TouchEvent): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  host.addEventListener('touchstart', (event) => {
    const fingers = event.touches.length === 2 ? fingersOf(event) : null;
    start = fingers && { view: { ...map.view }, fingers };
    if (start) take(event);
  }, options);
  host.addEventListener('touchmove', (event) => {
    const fingers = fingersOf(event);
    if (!start || !fingers) return;
    take(event);
    map.show(pinchRanges(start.view, start.fingers, fingers));
  }, options);
  for (const end of ['touchend', 'touchcancel'] as const) host.addEventListener(end, () => (start = null), options);
  return () => controller.abort();
}
