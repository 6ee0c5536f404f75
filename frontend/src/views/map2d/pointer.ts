/**
 * Pointers on the loss: a click sets the start, a drag of a run's point moves it, everything else is Plotly's (pan,
 * turn, hover). Listeners in the capture phase keep from Plotly what is handled here.
 */
import type { DrawState } from '../../core/session/types';
import { placeOf, within, type Box, type Place } from '../../render/viewport/viewport';

/** CSS pixels from a run's point within which a pointer takes hold of it. */
const REACH = 14;
const REACH_TOUCH = 24;
/** A press that moves less than this (CSS pixels) and ends within this time is a click. */
const CLICK_DISTANCE = 5;
const CLICK_MS = 500;
/** What Plotly pans or turns by. */
const PLOTLYS = ['mousedown', 'mousemove', 'mouseover', 'mouseout', 'mouseenter', 'mouseleave'] as const;
/** In a zoomed view a second click within this time resets it, so the first click waits that long. */
const DOUBLE_CLICK_MS = 260;

export interface PointerHandlers {
  /** A start for all runs, in parameters. */
  onstart(point: number[]): void;
  /** New parameters of one run at the step on screen. */
  onmove(run: number, point: number[]): void;
  /** A run's point is being dragged, in parameters; null: no longer, or where it cannot be left. */
  ondrag(run: number, point: number[] | null): void;
  /** Whether runs can be taken hold of. */
  movable(): boolean;
}

/** A plot of the loss on which runs can be placed: the map, or the surface in 3-D. */
export interface PlacingPlot {
  readonly view: Box;
  readonly frame: DrawState | null;
  /** Where each run's point was drawn last, CSS pixels. */
  readonly markers: { readonly x: Float64Array; readonly y: Float64Array };
  readonly isZoomed: boolean;
  /** The parameters shown at a place; null where there are none. */
  pointAt(place: Place): number[] | null;
  /** Back to the scene's own view. */
  reset(): void;
  /** While a pointer holds the plot, it is not drawn again under it. */
  hold(held: boolean): void;
}

/** Starts listening; returns a function that stops it. ghost: an element that follows a dragged point. */
export function listenToPointers(host: HTMLElement, map: PlacingPlot, ghost: HTMLElement, handlers: PointerHandlers): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const capture = { capture: true, signal } as const;
  let press: (Place & { id: number; time: number; run: number; moved: boolean }) | null = null;
  let delayedClick: ReturnType<typeof setTimeout> | undefined;

  const pointAt = (place: Place): number[] | null => (within(map.view, place.x, place.y) ? map.pointAt(place) : null);
  /** The run whose point is nearest and within reach, the selected one among equals; -1: none. */
  const runAt = ({ x, y }: Place, reach: number): number => {
    if (!handlers.movable()) return -1;
    let [nearest, distance] = [-1, reach];
    map.markers.x.forEach((markerX, run) => {
      const away = Math.hypot(markerX - x, (map.markers.y[run] as number) - y);
      if (away < distance || (away === distance && run === map.frame?.selected)) [nearest, distance] = [run, away];
    });
    return nearest;
  };
  const release = (): void => {
    if (press && press.run >= 0 && press.moved) handlers.ondrag(press.run, null);
    press = null;
    ghost.hidden = true;
    host.classList.remove('dragging');
    map.hold(false);
  };

  host.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary && press) release(); // a second finger: the two of them pinch
    if (event.button !== 0 || !event.isPrimary) return;
    const place = placeOf(event, host);
    if (!within(map.view, place.x, place.y)) return;
    const run = runAt(place, event.pointerType === 'mouse' ? REACH : REACH_TOUCH);
    press = { ...place, id: event.pointerId, time: event.timeStamp, run, moved: false };
    map.hold(true);
    if (run < 0) return;
    host.setPointerCapture(event.pointerId);
    host.classList.add('dragging');
  }, capture);

  const moveTo = ({ x, y }: Place): void => {
    if (press && Math.hypot(x - press.x, y - press.y) > CLICK_DISTANCE) press.moved = true;
  };
  host.addEventListener('pointermove', (event) => {
    const place = placeOf(event, host);
    moveTo(place);
    if (!press) {
      if (event.pointerType === 'mouse') host.classList.toggle('over-point', runAt(place, REACH) >= 0);
    } else if (press.run >= 0 && press.moved) {
      ghost.hidden = false;
      ghost.style.transform = `translate(${place.x}px, ${place.y}px)`;
      handlers.ondrag(press.run, pointAt(place));
    }
  }, capture);

  const up = (event: PointerEvent): void => {
    if (!press || event.pointerId !== press.id) return;
    const place = placeOf(event, host);
    moveTo(place); // while Plotly pans, an element of its own takes the moves
    const { run, moved, time } = press;
    release();
    const point = event.type === 'pointercancel' ? null : pointAt(place);
    if (!point) return;
    if (run >= 0 && moved) {
      if (map.frame?.head === 0) handlers.onstart(point);
      else handlers.onmove(run, point);
    } else if (run < 0 && !moved && event.timeStamp - time < CLICK_MS) {
      click(point);
    }
  };
  const click = (point: number[]): void => {
    if (!map.isZoomed) {
      handlers.onstart(point);
    } else if (delayedClick !== undefined) {
      clearTimeout(delayedClick);
      delayedClick = undefined;
      map.reset();
    } else {
      delayedClick = setTimeout(() => {
        delayedClick = undefined;
        handlers.onstart(point);
      }, DOUBLE_CLICK_MS);
    }
  };
  window.addEventListener('pointerup', up, { signal });
  window.addEventListener('pointercancel', up, { signal });
  // Escape leaves the point where it was, and nothing else.
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !press || press.run < 0) return;
    event.stopPropagation();
    release();
  }, capture);

  // Plotly listens to these; it must not start to pan while a point is held, nor the page to scroll.
  for (const type of PLOTLYS) {
    host.addEventListener(type, (event) => {
      if (press && press.run >= 0) event.stopPropagation();
    }, capture);
  }
  host.addEventListener('touchstart', (event) => {
    if (!press || press.run < 0) return;
    event.stopPropagation();
    event.preventDefault();
  }, { ...capture, passive: false });

  // The wheel zooms where the page itself cannot scroll, and elsewhere with Ctrl or the pinch of a touchpad.
  host.addEventListener('wheel', (event) => {
    const page = document.documentElement;
    if (page.scrollHeight > page.clientHeight + 1 && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  }, capture);

  return () => {
    if (press) release();
    clearTimeout(delayedClick);
    controller.abort();
  };
}
