/** Two fingers on the map: what was between them stays between them. One finger scrolls the page, as everywhere. */
import type { Viewport } from '../../render/viewport/viewport';
import type { Ranges } from '../loss-scene/figures';
import type { Map2d } from './map2d';

/** CSS pixels within the stage. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}
export type Fingers = readonly [Spot, Spot];

/** Fingers nearer than this (CSS pixels) measure nothing. */
const LEAST = 16;

/** The ranges, in axis units, that hold under `to` what `view` held under `from`. One factor for both axes. */
export function pinched(view: Viewport, from: Fingers, to: Fingers): Ranges {
  const apart = ([one, other]: Fingers): number => Math.max(LEAST, Math.hypot(one.x - other.x, one.y - other.y));
  const middle = ([one, other]: Fingers): Spot => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  const factor = apart(from) / apart(to);
  const [before, after] = [middle(from), middle(to)];
  const along = (low: number, high: number, was: number, is: number): [number, number] => {
    const span = (high - low) * factor;
    const start = low + was * (high - low) - is * span;
    return [start, start + span];
  };
  const across = (spot: Spot): number => (spot.x - view.left) / view.width;
  const up = (spot: Spot): number => 1 - (spot.y - view.top) / view.height;
  return [along(view.x0, view.x1, across(before), across(after)), along(view.y0, view.y1, up(before), up(after))];
}

/** Begins listening; returns the way to stop. */
export function listenToPinches(host: HTMLElement, stage: Map2d): () => void {
  const stopper = new AbortController();
  // Not passive: the browser must not zoom or scroll the page under two fingers.
  const ours = { capture: true, passive: false, signal: stopper.signal } as const;
  let began: { view: Viewport; fingers: Fingers } | null = null;

  const fingersOf = ({ touches: [one, other] }: TouchEvent): Fingers | null => {
    if (!one || !other) return null;
    const box = host.getBoundingClientRect();
    return [one, other].map(({ clientX, clientY }) => ({ x: clientX - box.left, y: clientY - box.top })) as unknown as Fingers;
  };
  const take = (event: TouchEvent): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  host.addEventListener('touchstart', (event) => {
    const fingers = event.touches.length === 2 ? fingersOf(event) : null;
    began = fingers && { view: { ...stage.view }, fingers };
    if (began) take(event);
  }, ours);
  host.addEventListener('touchmove', (event) => {
    const fingers = fingersOf(event);
    if (!began || !fingers) return;
    take(event);
    stage.show(pinched(began.view, began.fingers, fingers));
  }, ours);
  const end = (): void => void (began = null);
  host.addEventListener('touchend', end, ours);
  host.addEventListener('touchcancel', end, ours);
  return () => stopper.abort();
}
