/**
 * The two principal directions of curvature at the critical point that the selected run is near, each with its
 * eigenvalue; the steepest way down is bright and has arrow heads.
 *
 * The directions are to scale; the lengths mean nothing, since a curvature has no length on the map.
 */
import { withoutRounding } from '../../core/player/eigenvalues';
import type { Track } from '../../core/player/track';
import { moveAt } from '../../core/player/move';
import { verdictAt } from '../../core/player/verdict-at';
import type { CriticalPoint, Verdict } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { drawArrowHead } from '../../render/canvas/arrow';
import type { Theme } from '../../render/colours/theme-colours';
import { formatNumber } from '../../ui/i18n/numbers';
import { isProjected, projected, type ProjectPoint } from './projection';

type Context = CanvasRenderingContext2D;
type Vector = readonly [number, number];
type Near = Extract<Verdict, { code: 'near' }>;

/** From the point to each end, CSS pixels. */
const LENGTH = 70;
/** The step by which a direction on the screen is measured, as a share of the scene's width: small, for perspective's sake. */
const STEP = 1e-3;

/** points: the known critical points, whose values are their heights in 3-D. */
export function drawCurvatureAxes(
  context: Context, { recording, scene, head, selected, visible, moves }: DrawState, theme: Theme, project: ProjectPoint,
  points: readonly CriticalPoint[],
): void {
  const track = recording.tracks[selected];
  if (!track || track.dim !== 2 || visible[selected] === false) return;
  const k = Math.min(head, track.length - 1);
  if (moveAt(moves, selected, k)) return; // the verdict is about the place from which it was moved
  const verdict = verdictAt(track, k);
  if (verdict?.code !== 'near') return;
  const [ax = Number.NaN, ay = Number.NaN] = verdict.at;
  const [low, high] = scene?.bounds[0] ?? [0, 1];
  const step = STEP * (high - low);
  const known = points.find(({ at }) => Math.hypot((at[0] as number) - ax, (at[1] as number) - ay) < step);
  // Without a known value the loss of the run, which is near, is the height.
  const value = known?.value ?? (track.loss[k] as number);
  project({ at: [ax, ay], value });
  if (!isProjected() || projected.hidden) return;
  const { x, y } = projected;
  const eigenvalues = withoutRounding(verdict.eigenvalues);
  for (const n of [1, 0] as const) {
    const [dx, dy] = directions(verdict, track, k)[n];
    // Projected, because axes may have different scales, and a camera its own. The surface is level here, so in 3-D the
    // direction lies in the plane at the point's height.
    project({ at: [ax + step * dx, ay + step * dy], value });
    const [px, py] = [projected.x - x, projected.y - y];
    const size = Math.hypot(px, py);
    if (!(size > 0) || !Number.isFinite(size)) continue;
    drawAxis(context, x, y, [px / size, py / size], eigenvalues[n] as number, n === 0 && verdict.downhill !== null, theme);
  }
}

/** Unit vectors, in the order of the eigenvalues. */
function directions({ downhill }: Near, { eigenvectors }: Track, k: number): readonly [Vector, Vector] {
  const column = (n: number): Vector => [eigenvectors[4 * k + n] as number, eigenvectors[4 * k + 2 + n] as number];
  if (!downhill) return [column(0), column(1)];
  const [dx = 0, dy = 0] = downhill;
  return [[dx, dy], [-dy, dx]];
}

function drawAxis(context: Context, x: number, y: number, [ux, uy]: Vector, eigenvalue: number, downhill: boolean, theme: Theme): void {
  const colour = downhill ? theme.downhill : theme.text;
  const [dx, dy] = [ux * LENGTH, uy * LENGTH];
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = (downhill ? 3 : 1.5) * theme.strokeScale;
  context.setLineDash(eigenvalue < 0 ? [] : [5, 4]);
  context.beginPath();
  context.moveTo(x - dx, y - dy);
  context.lineTo(x + dx, y + dy);
  context.stroke();
  context.setLineDash([]);
  if (downhill) {
    drawArrowHead(context, x - dx, y - dy, -ux, -uy, colour, 9 * theme.strokeScale);
    drawArrowHead(context, x + dx, y + dy, ux, uy, colour, 9 * theme.strokeScale);
  }
  // The label is beside the upper end, or above the right end of a level line, off the paths that run along the axis.
  const sign = uy < -0.01 || (uy < 0.01 && ux > 0) ? 1 : -1;
  const [ex, ey] = [sign * ux, sign * uy];
  const level = Math.abs(ux) > Math.abs(uy);
  const [nx, ny] = level && ex > 0 ? [ey, -ex] : [-ey, ex];
  const offset = 13 * theme.fontScale;
  context.font = `600 ${12 * theme.fontScale}px ${theme.font}`;
  context.textAlign = level ? 'center' : 'left';
  context.textBaseline = 'middle';
  context.lineWidth = 3.5;
  context.strokeStyle = theme.panel;
  context.fillStyle = colour;
  const label = `λ = ${formatNumber(eigenvalue, 4)}`;
  const [tx, ty] = [x + ex * LENGTH * 0.9 + nx * offset, y + ey * LENGTH * 0.9 + ny * offset];
  context.strokeText(label, tx, ty);
  context.fillText(label, tx, ty);
  context.restore();
}
