/**
 * Pointers on the flat stage: a click on the map names a start, a drag of a point moves it, everything else is
 * Plotly's (pan, hover). Plotly is kept from seeing what is ours by listening before it does.
 */
import { fromX, fromY, within } from '../../render/viewport/viewport';
import type { Map2d } from './map2d';

const REACH = 14;
const REACH_TOUCH = 24;
/** A press that moves less than this (CSS pixels) and ends within this time is a click. */
const STILL = 5;
const CLICK_MS = 500;
/** With the view zoomed a second click within this time resets it, so that the first one has to wait. */
const DOUBLE_MS = 260;

export interface Pointed {
  /** A start for all runs, in parameters. */
  onstart(point: number[]): void;
  /** New parameters of one run at the step on screen. */
  onmove(run: number, point: number[]): void;
}

/** Begins listening; returns the way to stop. ghost: an element that follows a dragged point. */
export function listenToPointers(host: HTMLElement, stage: Map2d, ghost: HTMLElement, told: Pointed): () => void {
  const stopper = new AbortController();
  const early = { capture: true, signal: stopper.signal } as const;
  let grabbed = -1;
  let pressed: { id: number; x: number; y: number; at: number } | null = null;
  let moved = false;
  let later: ReturnType<typeof setTimeout> | undefined;

  const place = (event: PointerEvent | MouseEvent): { x: number; y: number } => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const point = (x: number, y: number): number[] => {
    const dim = stage.frame?.scene?.dim ?? 2;
    const at = [fromX(stage.view, x)];
    if (dim > 1) at.push(fromY(stage.view, y));
    // As many figures as a pixel is worth: typed back in, the same point.
    const digits = Math.max(0, Math.ceil(-Math.log10(Math.abs(stage.view.x1 - stage.view.x0) / stage.view.width)));
    return at.map((value) => Number(value.toFixed(Math.min(digits, 12))));
  };
  const under = (x: number, y: number, reach: number): number => {
    let [best, nearest] = [-1, reach];
    for (let run = 0; run < stage.heads.x.length; run++) {
      const away = Math.hypot((stage.heads.x[run] as number) - x, (stage.heads.y[run] as number) - y);
      const closer = away < nearest || (away === nearest && run === stage.frame?.selected);
      if (closer) [best, nearest] = [run, away];
    }
    return best;
  };
  const showGhost = (x: number, y: number): void => {
    ghost.hidden = false;
    ghost.style.transform = `translate(${x}px, ${y}px)`;
  };

  const drop = (): void => {
    if (!pressed) return;
    pressed = null;
    grabbed = -1;
    ghost.hidden = true;
    host.classList.remove('dragging');
    stage.hold(false);
  };

  host.addEventListener('pointerdown', (event) => {
    if (!event.isPrimary) drop(); // a second finger: the two of them mean the picture
    if (event.button !== 0 || !event.isPrimary) return;
    const { x, y } = place(event);
    if (!within(stage.view, x, y)) return;
    pressed = { id: event.pointerId, x, y, at: event.timeStamp };
    moved = false;
    grabbed = under(x, y, event.pointerType === 'mouse' ? REACH : REACH_TOUCH);
    stage.hold(true);
    if (grabbed < 0) return;
    host.setPointerCapture(event.pointerId);
    host.classList.add('dragging');
  }, early);

  host.addEventListener('pointermove', (event) => {
    const { x, y } = place(event);
    if (!pressed) {
      if (event.pointerType === 'mouse') host.classList.toggle('over-point', under(x, y, REACH) >= 0);
      return;
    }
    if (Math.hypot(x - pressed.x, y - pressed.y) > STILL) moved = true;
    if (grabbed >= 0 && moved) showGhost(x, y);
  }, early);

  const release = (event: PointerEvent): void => {
    if (!pressed || event.pointerId !== pressed.id) return;
    const { x, y } = place(event);
    const quick = event.timeStamp - pressed.at < CLICK_MS;
    // While Plotly pans, a cover of its own takes the moves.
    if (Math.hypot(x - pressed.x, y - pressed.y) > STILL) moved = true;
    const cancelled = event.type === 'pointercancel';
    const run = grabbed;
    pressed = null;
    grabbed = -1;
    ghost.hidden = true;
    host.classList.remove('dragging');
    stage.hold(false);
    if (cancelled || !within(stage.view, x, y)) return;
    if (run >= 0 && moved) {
      if (stage.frame?.head === 0) told.onstart(point(x, y));
      else told.onmove(run, point(x, y));
    } else if (run < 0 && !moved && quick) {
      click(x, y);
    }
  };
  const click = (x: number, y: number): void => {
    if (!stage.isZoomed) {
      told.onstart(point(x, y));
      return;
    }
    if (later !== undefined) {
      clearTimeout(later);
      later = undefined;
      stage.home();
      return;
    }
    const at = point(x, y);
    later = setTimeout(() => {
      later = undefined;
      told.onstart(at);
    }, DOUBLE_MS);
  };
  window.addEventListener('pointerup', release, { signal: stopper.signal });
  window.addEventListener('pointercancel', release, { signal: stopper.signal });

  // What Plotly listens to; it must not begin to pan when a point is held.
  host.addEventListener('mousedown', (event) => {
    if (grabbed >= 0) event.stopPropagation();
  }, early);
  host.addEventListener('touchstart', (event) => {
    if (grabbed < 0) return;
    event.stopPropagation();
    event.preventDefault(); // nor the page to scroll
  }, { ...early, passive: false });

  // The wheel zooms where the page itself cannot scroll, and elsewhere with Ctrl or the pinch of a touchpad.
  host.addEventListener('wheel', (event) => {
    const page = document.documentElement;
    const scrolls = page.scrollHeight > page.clientHeight + 1;
    if (scrolls && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  }, early);

  return () => {
    clearTimeout(later);
    stopper.abort();
  };
}
