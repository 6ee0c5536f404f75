/** Where a run that has left the plot is marked: on its path, and the cross of one that diverged. */
import { clipSegment, clipped } from '../../render/canvas/clip-segment';
import type { Theme } from '../../render/colours/theme-colours';
import type { Place, Viewport } from '../../render/viewport/viewport';
import { projected, type ProjectRecord, type Records } from './projection';

/** CSS pixels from the plot's edge to the marker of a run that has left the plot. */
const INSET = 12;
/** Records that are looked at to find where a path left the plot, at most. */
const LOOKED_AT = 20_000;

/** Where a path left the plot: a place within it, the direction on the screen, of length 1, and where that step began within. */
export interface Exit extends Place {
  readonly ux: number;
  readonly uy: number;
  readonly from: Place;
}

/**
 * The last place within the plot on the path up to record `last`, which is outside of it. A path that was never within is
 * marked in the direction in which it is.
 */
export function exitOf(view: Viewport, records: Records, first: number, last: number, project: ProjectRecord): Exit {
  const inner = { left: view.left + INSET, top: view.top + INSET, width: view.width - 2 * INSET, height: view.height - 2 * INSET };
  project(records, last);
  const end = { x: projected.x, y: projected.y };
  let [x1, y1] = [end.x, end.y];
  for (let k = last - 1; k >= Math.max(first, last - LOOKED_AT); k--) {
    project(records, k);
    const [x0, y0] = [projected.x, projected.y];
    if (clipSegment(x0, y0, x1, y1, inner)) {
      const size = Math.hypot(x1 - x0, y1 - y0);
      if (size > 0) return exit({ x: clipped.x1, y: clipped.y1 }, (x1 - x0) / size, (y1 - y0) / size, { x: clipped.x0, y: clipped.y0 });
    }
    [x1, y1] = [x0, y0];
  }
  return inset(view, end.x, end.y);
}

function exit({ x, y }: Place, ux: number, uy: number, from: Place): Exit {
  return { x, y, ux, uy, from };
}

/** The place near the plot's edge in the direction of a point outside. */
function inset({ left, top, width, height }: Viewport, px: number, py: number): Exit {
  const [halfX, halfY] = [width / 2 - INSET, height / 2 - INSET];
  const [cx, cy] = [left + width / 2, top + height / 2];
  // Divided by the larger overshoot first: the coordinates may be near the largest float.
  const [dx, dy] = [(px - cx) / halfX, (py - cy) / halfY];
  const over = Math.max(Math.abs(dx), Math.abs(dy));
  const [ex, ey] = Number.isFinite(over) ? [dx / over, dy / over] : [0, -1];
  const size = Math.hypot(ex * width, ey * height) || 1;
  const place = { x: cx + ex * halfX, y: cy + ey * halfY };
  return exit(place, (ex * width) / size, (ey * height) / size, place);
}

export function drawCross(context: CanvasRenderingContext2D, { x, y }: Place, colour: string, theme: Theme): void {
  context.beginPath();
  context.moveTo(x - 6, y - 6);
  context.lineTo(x + 6, y + 6);
  context.moveTo(x + 6, y - 6);
  context.lineTo(x - 6, y + 6);
  strokeWithHalo(context, 2.75, colour, theme);
}

export function strokeWithHalo(context: CanvasRenderingContext2D, width: number, colour: string, theme: Theme): void {
  context.lineWidth = width + 3.5;
  context.strokeStyle = theme.panel;
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.stroke();
}
