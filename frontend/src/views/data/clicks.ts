/** A click or tap on the picture, as a place in the data: as many figures as a pixel is worth. */
import { fromX, fromY, within, type Viewport } from '../../render/viewport/viewport';

/** Farther than that, in CSS pixels, it is no click. */
const STILL = 5;

/** Returns the way to stop. */
export function listenToClicks(host: HTMLElement, view: Viewport, told: (x: number, y: number) => void): () => void {
  const stopper = new AbortController();
  let pressed: { id: number; x: number; y: number } | null = null;
  const place = (event: PointerEvent): { x: number; y: number } => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const early = { capture: true, signal: stopper.signal };
  host.addEventListener('pointerdown', (event) => {
    pressed = event.button === 0 && event.isPrimary ? { id: event.pointerId, ...place(event) } : null;
  }, early);
  window.addEventListener('pointercancel', () => (pressed = null), { signal: stopper.signal });
  window.addEventListener('pointerup', (event) => {
    const from = pressed;
    pressed = null;
    if (!from || from.id !== event.pointerId) return;
    const { x, y } = place(event);
    if (Math.hypot(x - from.x, y - from.y) > STILL || !within(view, x, y)) return;
    told(...placeAt(view, x, y));
  }, { signal: stopper.signal });
  return () => stopper.abort();
}

/** The place in the data of a place in CSS pixels. */
export function placeAt(view: Viewport, x: number, y: number): [number, number] {
  return [
    rounded(fromX(view, x), (view.x1 - view.x0) / view.width),
    rounded(fromY(view, y), (view.y1 - view.y0) / view.height),
  ];
}

function rounded(value: number, pixel: number): number {
  const digits = Math.min(12, Math.max(0, Math.ceil(-Math.log10(pixel))));
  return Number(value.toFixed(digits));
}
