/**
 * The vectors of a step as arrows at the point of the selected run: gradient and momentum, which point uphill and have
 * one scale, since they have one unit; and the update, true to scale wherever that is visible. A curve has the tangent
 * in place of the gradient.
 *
 * A scale is 1, 2 or 5 times a power of ten. It stays as long as the arrows are visible and fit, so that they visibly
 * shrink and grow.
 */
import { moveAt, type Move } from '../../core/player/move';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import { drawArrow } from '../../render/canvas/arrow';
import type { Theme } from '../../render/colours/theme-colours';
import { toX, toY, type Viewport } from '../../render/viewport/viewport';
import { isProjected, projected, type ProjectRecord } from './projection';
import type { Arrow, StepArrows } from './step-arrows.svelte';

type Context = CanvasRenderingContext2D;
type Vector = readonly [number, number];

/** CSS pixels: a shorter arrow lies under the point's marker; a new scale makes the longest arrow about TARGET long. */
export const MIN_LENGTH = 16;
const TARGET = 96;
/** The longest arrow, as a share of the plot's shorter side. */
const MAX_SHARE = 0.45;
/** CSS pixels from an arrow's tip to the plot's edge, unless that leaves less than MIN_ROOM. */
const EDGE = 6;
const MIN_ROOM = 2.5 * MIN_LENGTH;

/** The scale of a vector that is `pixels` long at scale 1. longest: the longest that may be drawn, CSS pixels. */
export function scaleFor(now: number, pixels: number, longest: number): number {
  if (pixels * now >= MIN_LENGTH && pixels * now <= longest) return now;
  const exact = Math.min(TARGET, longest) / pixels;
  const power = 10 ** Math.floor(Math.log10(exact));
  const digit = exact / power;
  return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/** Draws the arrows of the selected run at the step on screen, and reports their scales. */
export function drawStepArrows(
  context: Context, view: Viewport, frame: DrawState, theme: Theme, project: ProjectRecord, arrows: StepArrows,
): void {
  const track = frame.recording.tracks[frame.selected];
  if (!track || track.length === 0 || frame.visible[frame.selected] === false) return;
  const k = Math.min(frame.head, track.length - 1);
  const move = moveAt(frame.moves, frame.selected, k);
  if (move) project(move, 0);
  else project(track, k);
  if (!isProjected()) return;
  if (track.dim === 1) drawTangent(context, view, move ?? track, move ? 0 : k, theme);
  const scales: Record<Arrow, number> = { gradient: 0, momentum: 0, update: 0 };
  if (arrows.on) drawArrows(context, view, frame, track, k, move, theme, arrows, scales);
  arrows.setScales(scales);
}

/** Writes the scale of each arrow that it draws into `scales`. */
function drawArrows(
  context: Context, view: Viewport, frame: DrawState, track: Track, k: number, move: Move | null, theme: Theme, arrows: StepArrows,
  scales: Record<Arrow, number>,
): void {
  const { dim } = track;
  const step = arrows.vectors?.run === frame.selected && arrows.vectors.step === k ? arrows.vectors : null;
  // The worked step says where it begins.
  const [x, y] = step && dim === 2 ? [toX(view, step.start[0] as number), toY(view, step.start[1] as number)] : [projected.x, projected.y];

  /** In CSS pixels: from the worked step, else as recorded; (0, 0) where neither has it. */
  const vectorOf = (arrow: Arrow, recorded: ArrayLike<number> | null, record: number): Vector => {
    const given = step?.vectors[arrow] ?? [recorded?.[record * dim], dim === 2 ? recorded?.[record * dim + 1] : 0];
    return [((given[0] ?? 0) * view.width) / (view.x1 - view.x0), (-(given[1] ?? 0) * view.height) / (view.y1 - view.y0)];
  };
  const draw = (arrow: Arrow, [dx, dy]: Vector, scale: number): void => {
    const length = Math.hypot(dx, dy) * scale;
    if (!(length > 1) || !Number.isFinite(length)) return;
    scales[arrow] = scale;
    const [toX, toY] = [x + dx * scale, y + dy * scale];
    if (arrows.highlighted === arrow) drawGlow(context, x, y, toX, toY, theme[arrow]);
    drawArrow(context, x, y, toX, toY, theme[arrow], theme.panel);
  };
  /** The largest scale at which a vector stays within the plot. */
  const limitOf = ([dx, dy]: Vector): number => {
    const length = Math.hypot(dx, dy);
    return length > 0 ? roomFor(view, x, y, dx / length, dy / length, dim) / length : Infinity;
  };

  // On a curve the tangent shows the gradient.
  const gradient: Vector = dim === 2 ? vectorOf('gradient', move?.grad ?? track.grad, move ? 0 : k) : [0, 0];
  const momentum = vectorOf('momentum', null, k);
  const [steep, heavy] = [Math.hypot(...gradient), Math.hypot(...momentum)];
  const longest = Math.max(steep, heavy);
  if (longest > 0 && Number.isFinite(longest)) {
    arrows.slopeScale = scaleFor(arrows.slopeScale, longest, longest * Math.min(limitOf(gradient), limitOf(momentum)));
  }
  // They often have one direction: the shorter arrow lies on top.
  const slopes = [['gradient', gradient], ['momentum', momentum]] as const;
  for (const [arrow, vector] of heavy > steep ? [...slopes].reverse() : slopes) draw(arrow, vector, arrows.slopeScale);

  const update = vectorOf('update', k + 1 < track.length ? track.update : null, k + 1);
  const far = Math.hypot(...update);
  if (far > 0 && Number.isFinite(far)) {
    const most = far * limitOf(update);
    arrows.updateScale = far >= MIN_LENGTH && far <= most ? 1 : scaleFor(arrows.updateScale, far, most);
    draw('update', update, arrows.updateScale);
  }
}

/** CSS pixels from a point along a unit vector to the plot's edge; long enough to be visible, too short to cross the map. */
function roomFor(view: Viewport, x: number, y: number, ux: number, uy: number, dim: number): number {
  const acrossX = (ux > 0 ? view.left + view.width - x : x - view.left) / Math.abs(ux);
  const acrossY = (uy > 0 ? view.top + view.height - y : y - view.top) / Math.abs(uy);
  if (dim === 1) return Math.max(MIN_ROOM, Math.min(MAX_SHARE * view.width, acrossX - EDGE));
  return Math.max(MIN_ROOM, Math.min(MAX_SHARE * Math.min(view.width, view.height), acrossX - EDGE, acrossY - EDGE));
}

function drawTangent(context: Context, view: Viewport, track: Pick<Track, 'grad' | 'loss'> | Move, k: number, theme: Theme): void {
  // On a logarithmic axis the slope is that of log10 f.
  const slope = (track.grad[k] as number) / (view.yLog ? (track.loss[k] as number) * Math.LN10 : 1);
  const [dx, dy] = [view.width / (view.x1 - view.x0), (-slope * view.height) / (view.y1 - view.y0)];
  const scale = 60 / Math.hypot(dx, dy);
  if (!(scale > 0)) return;
  context.strokeStyle = theme.gradient;
  context.lineWidth = 2;
  drawLine(context, projected.x - dx * scale, projected.y - dy * scale, projected.x + dx * scale, projected.y + dy * scale);
}

/** Under the arrow whose line in the step panel is pointed at. */
function drawGlow(context: Context, x0: number, y0: number, x1: number, y1: number, colour: string): void {
  context.globalAlpha = 0.35;
  context.strokeStyle = colour;
  context.lineWidth = 14;
  drawLine(context, x0, y0, x1, y1);
  context.globalAlpha = 1;
}

function drawLine(context: Context, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
