/**
 * How the surface bends at the critical point that the selected run is near: its two directions of curvature, each with
 * its number, the steepest way down bright and with tips.
 *
 * Their lengths say nothing (a curvature has no length on the map); their directions are to scale.
 */
import { withoutRounding } from '../../core/player/eigenvalues';
import type { Track } from '../../core/player/track';
import { verdictAt } from '../../core/player/verdict-at';
import type { CriticalPoint, Verdict } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { drawTip } from '../../render/canvas/strokes';
import type { Theme } from '../../render/colours/theme-colours';
import { short } from './figures';
import { spot, type Place } from './projection';

type Context = CanvasRenderingContext2D;
type Near = Extract<Verdict, { code: 'near' }>;

/** From the point to each end, CSS pixels. */
const REACH = 70;
/** How far along a direction its way on the screen is measured, of the scene's width: in 3-D the eye is not far. */
const LITTLE = 1e-3;

/** place: where it stands in the picture, flat or in 3-D. points: those known, whose values are their heights. */
export function drawCurvatureAxes(
  context: Context, frame: DrawState, theme: Theme, place: Place, points: readonly CriticalPoint[],
): void {
  const track = frame.recording.tracks[frame.selected];
  if (!track || track.dim !== 2 || frame.visible[frame.selected] === false) return;
  const k = Math.min(frame.head, track.length - 1);
  const verdict = verdictAt(track, k);
  if (verdict?.code !== 'near') return;
  const [ax = Number.NaN, ay = Number.NaN] = verdict.at;
  const [low, high] = frame.scene?.bounds[0] ?? [0, 1];
  const little = LITTLE * (high - low);
  const known = points.find(({ at }) => Math.hypot((at[0] as number) - ax, (at[1] as number) - ay) < little);
  // The run is near it: its own loss is the next best height.
  const value = known?.value ?? (track.loss[k] as number);
  place({ at: [ax, ay], value });
  const { x, y } = spot;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;

  const curvatures = withoutRounding(verdict.eigenvalues);
  const ways = directions(verdict, track, k);
  for (let n = ways.length - 1; n >= 0; n--) {
    const [dx, dy] = ways[n] as readonly [number, number];
    // The axes may have different scales, and a camera has its own: the direction on the screen follows them. Here the
    // surface is level, so in 3-D the direction lies in the plane at its height.
    place({ at: [ax + little * dx, ay + little * dy], value });
    const [px, py] = [spot.x - x, spot.y - y];
    const size = Math.hypot(px, py);
    if (!(size > 0) || !Number.isFinite(size)) continue;
    bend(context, x, y, px / size, py / size, curvatures[n] as number, n === 0 && verdict.downhill !== null, theme);
  }
}

/** Unit vectors, in the order of the eigenvalues. */
function directions({ downhill }: Near, track: Track, k: number): readonly (readonly [number, number])[] {
  const vector = (column: number): readonly [number, number] => [
    track.eigenvectors[4 * k + column] as number,
    track.eigenvectors[4 * k + 2 + column] as number,
  ];
  if (!downhill) return [vector(0), vector(1)];
  const [dx = 0, dy = 0] = downhill;
  return [[dx, dy], [-dy, dx]];
}

function bend(
  context: Context, x: number, y: number, ux: number, uy: number, curvature: number, downhill: boolean, theme: Theme,
): void {
  const colour = downhill ? theme.downhill : theme.text;
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = (downhill ? 3 : 1.5) * theme.weight;
  context.setLineDash(curvature < 0 ? [] : [5, 4]);
  context.beginPath();
  context.moveTo(x - ux * REACH, y - uy * REACH);
  context.lineTo(x + ux * REACH, y + uy * REACH);
  context.stroke();
  context.setLineDash([]);
  if (downhill) {
    drawTip(context, x - ux * REACH, y - uy * REACH, -ux, -uy, colour, 9 * theme.weight);
    drawTip(context, x + ux * REACH, y + uy * REACH, ux, uy, colour, 9 * theme.weight);
  }
  // Beside the upper end, or above the right one of a level line: paths and arrows go along the line.
  const up = uy < -0.01 || (uy < 0.01 && ux > 0) ? 1 : -1;
  const [ex, ey] = [up * ux, up * uy];
  const level = Math.abs(ux) > Math.abs(uy);
  const [nx, ny] = !level ? [-ey, ex] : ex > 0 ? [ey, -ex] : [-ey, ex];
  const aside = 13 * theme.letters;
  context.font = `600 ${12 * theme.letters}px ${theme.font}`;
  context.textAlign = level ? 'center' : 'left';
  context.textBaseline = 'middle';
  context.lineWidth = 3.5;
  context.strokeStyle = theme.panel;
  context.fillStyle = colour;
  const words = `λ = ${short(curvature)}`;
  const [tx, ty] = [x + ex * REACH * 0.9 + nx * aside, y + ey * REACH * 0.9 + ny * aside];
  context.strokeText(words, tx, ty);
  context.fillText(words, tx, ty);
  context.restore();
}
