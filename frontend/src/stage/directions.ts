/** At the head of the selected run: where the surface rises, where the update goes, how the surface bends. */
import type { Frame, Track } from '../session/types';
import { drawBends } from './bends';
import type { Theme } from './colours';
import { spot, type Project } from './project';
import { drawArrow } from './strokes';
import type { Viewport } from './viewport';

type Context = CanvasRenderingContext2D;

/** Arrows shorter than this lie under the point's marker (CSS pixels). */
const POINT = 6.5;

/** Of the selected run: the two curvatures near a critical point, the gradient uphill, the update to come. */
export function drawDirections(
  context: Context, view: Viewport, frame: Frame, theme: Theme, project: Project,
): void {
  const track = frame.recording.tracks[frame.selected];
  if (!track || track.length === 0 || frame.visible[frame.selected] === false) return;
  const k = Math.min(frame.head, track.length - 1);
  project(track, k);
  const [x, y] = [spot.x, spot.y];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  const perX = view.width / (view.x1 - view.x0);
  const perY = view.height / (view.y1 - view.y0);
  if (track.dim === 1) {
    drawTangent(context, view, track, k, x, y, perX, perY, theme);
    return;
  }
  drawBends(context, view, frame, theme);
  // The gradient has no length on the map (its unit is loss per parameter): only its direction is to scale.
  const gx = (track.grad[2 * k] as number) * perX;
  const gy = -(track.grad[2 * k + 1] as number) * perY;
  const size = Math.hypot(gx, gy);
  const norm = track.gradNorm[k] as number;
  if (size > 0 && Number.isFinite(size) && norm > 1e-12) {
    const length = Math.min(64, Math.max(20, 36 + 10 * Math.log10(norm)));
    drawArrow(context, x, y, x + (gx / size) * length, y + (gy / size) * length, theme.gradient, theme.panel);
  }
  // The update is to scale: it ends where the next record stands.
  if (k + 1 < track.length) {
    const ux = (track.update[2 * (k + 1)] as number) * perX;
    const uy = -(track.update[2 * (k + 1) + 1] as number) * perY;
    const far = Math.hypot(ux, uy);
    if (far > POINT && Number.isFinite(far)) {
      const share = Math.min(1, (2 * (view.width + view.height)) / far);
      drawArrow(context, x, y, x + ux * share, y + uy * share, theme.update, theme.panel);
    }
  }
}

/** The slope at the point of a curve, and the update along the axis below it. */
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
  if (k + 1 >= track.length) return;
  const ux = (track.update[k + 1] as number) * perX;
  if (Math.abs(ux) > POINT && Number.isFinite(ux)) {
    drawArrow(context, x, y, x + Math.sign(ux) * Math.min(Math.abs(ux), 2 * view.width), y, theme.update, theme.panel);
  }
}
