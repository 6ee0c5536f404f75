/** At the head of the selected run: where the surface rises, where the update goes. */
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { Theme } from '../../render/colours/theme-colours';
import type { Viewport } from '../../render/viewport/viewport';
import { drawArrows } from './arrows';
import { spot, type Project } from './projection';
import type { StepArrows } from './step-arrows.svelte';

type Context = CanvasRenderingContext2D;

/** Of the selected run: the gradient uphill, the update to come. */
export function drawDirections(
  context: Context, view: Viewport, frame: DrawState, theme: Theme, project: Project, arrows: StepArrows,
): void {
  const track = frame.recording.tracks[frame.selected];
  if (!track || track.length === 0 || frame.visible[frame.selected] === false) return;
  const k = Math.min(frame.head, track.length - 1);
  project(track, k);
  const [x, y] = [spot.x, spot.y];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const perX = view.width / (view.x1 - view.x0);
  const perY = view.height / (view.y1 - view.y0);
  if (track.dim === 1) drawTangent(context, view, track, k, x, y, perX, perY, theme);
  drawArrows(context, view, frame, track, k, perX, perY, x, y, theme, arrows);
}

/** The slope at the point of a curve. */
function drawTangent(
  context: Context, view: Viewport, track: Track, k: number, x: number, y: number, perX: number, perY: number, theme: Theme,
): void {
  // On a logarithmic axis the slope is that of log10 f.
  const slope = (track.grad[k] as number) / (view.yLog ? (track.loss[k] as number) * Math.LN10 : 1);
  const [dx, dy] = [perX, -slope * perY];
  const size = Math.hypot(dx, dy);
  if (!Number.isFinite(size)) return;
  const [ax, ay] = [(dx / size) * 60, (dy / size) * 60];
  context.strokeStyle = theme.gradient;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - ax, y - ay);
  context.lineTo(x + ax, y + ay);
  context.stroke();
}
