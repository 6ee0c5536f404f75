/** Cutting what leaves the picture: a diverging run's coordinates outgrow what a canvas can draw. */

/** How far beyond the plot's edge a line still goes, in CSS pixels. */
export const MARGIN = 200;

/** The ends of the last cut, to spare an allocation a point. */
export const cut = { x0: 0, y0: 0, x1: 0, y1: 0 };

/**
 * Cuts the segment to the box and writes `cut`; false when nothing of it is inside, or an end is not a number.
 * Liang & Barsky 1984. An infinite end counts as not a number: its direction is unknown.
 */
export function cutSegment(
  x0: number, y0: number, x1: number, y1: number,
  left: number, top: number, right: number, bottom: number,
): boolean {
  const dx = x1 - x0;
  const dy = y1 - y0;
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return false;
  let from = 0;
  let to = 1;
  for (let side = 0; side < 4; side++) {
    const p = side === 0 ? -dx : side === 1 ? dx : side === 2 ? -dy : dy;
    const q = side === 0 ? x0 - left : side === 1 ? right - x0 : side === 2 ? y0 - top : bottom - y0;
    if (p === 0) {
      if (q < 0) return false;
      continue;
    }
    const t = q / p;
    if (p < 0) {
      if (t > to) return false;
      if (t > from) from = t;
    } else {
      if (t < from) return false;
      if (t < to) to = t;
    }
  }
  cut.x0 = x0 + from * dx;
  cut.y0 = y0 + from * dy;
  cut.x1 = x0 + to * dx;
  cut.y1 = y0 + to * dy;
  return true;
}
