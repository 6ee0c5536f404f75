/** Where a run that has left the plot is marked, and the cross of one that diverged. */
import type { Theme } from '../../render/colours/theme-colours';
import type { Place, Viewport } from '../../render/viewport/viewport';

/** CSS pixels from the plot's edge to the marker of a run that has left the plot. */
const INSET = 12;

/** The place near the plot's edge in the direction of a point outside, and that direction from the middle, as shares of the box. */
export function inset({ left, top, width, height }: Viewport, px: number, py: number): Place & { readonly ex: number; readonly ey: number } {
  const [halfX, halfY] = [width / 2 - INSET, height / 2 - INSET];
  const [cx, cy] = [left + width / 2, top + height / 2];
  // Divided by the larger overshoot first: the coordinates may be near the largest float.
  const [dx, dy] = [(px - cx) / halfX, (py - cy) / halfY];
  const over = Math.max(Math.abs(dx), Math.abs(dy));
  const [ex, ey] = Number.isFinite(over) ? [dx / over, dy / over] : [0, -1];
  return { x: cx + ex * halfX, y: cy + ey * halfY, ex, ey };
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
