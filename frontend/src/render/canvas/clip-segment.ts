/** Clips line segments: the coordinates of a diverging run outgrow what a canvas can draw. */
import type { Box } from '../viewport/viewport';

/** CSS pixels by which lines may leave the plot area. */
export const MARGIN = 200;

/** Ends of the last clipped segment. One object for all, so that a frame allocates nothing. */
export const clipped = { x0: 0, y0: 0, x1: 0, y1: 0 };

/**
 * Clips a segment to `box`, widened by `margin` on every side, and writes `clipped`.
 *
 * Returns false when no part of it is inside, or an end is not finite: the direction to infinity is unknown.
 * Source: Liang & Barsky 1984, "A new concept and method for line clipping".
 */
export function clipSegment(x0: number, y0: number, x1: number, y1: number, box: Box, margin = 0): boolean {
  const [dx, dy] = [x1 - x0, y1 - y0];
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return false;
  const { left, top, width, height } = box;
  let [from, to] = [0, 1];
  for (let side = 0; side < 4; side++) {
    const p = side === 0 ? -dx : side === 1 ? dx : side === 2 ? -dy : dy;
    const q = margin + (side === 0 ? x0 - left : side === 1 ? left + width - x0 : side === 2 ? y0 - top : top + height - y0);
    if (p === 0) {
      if (q < 0) return false;
    } else if (p < 0) from = Math.max(from, q / p);
    else to = Math.min(to, q / p);
    if (from > to) return false;
  }
  clipped.x0 = x0 + from * dx;
  clipped.y0 = y0 + from * dy;
  clipped.x1 = x0 + to * dx;
  clipped.y1 = y0 + to * dy;
  return true;
}
