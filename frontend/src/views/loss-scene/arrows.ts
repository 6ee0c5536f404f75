/**
 * The vectors of a step as arrows at the head of the selected run: gradient and momentum, which point uphill and have one
 * scale, since they have one unit; and the update, to scale wherever that can be seen.
 *
 * A scale is 1, 2 or 5 times a power of ten, and stays as long as the arrows can be seen and fit, so that they are seen to
 * shrink and grow.
 */
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import { drawArrow } from '../../render/canvas/strokes';
import type { Theme } from '../../render/colours/theme-colours';
import { toX, toY, type Viewport } from '../../render/viewport/viewport';
import type { Arrow, Pointing, StepArrows } from './step-arrows.svelte';

type Context = CanvasRenderingContext2D;

/** CSS pixels: shorter arrows lie under the point's marker; a new scale makes the longest about this long. */
export const LEAST = 16;
const AIM = 96;
/** Of the plot's shorter side: no arrow crosses the map. */
const MOST = 0.45;
/** An arrow's tip stays this far from the plot's edge, unless less room than this is left. */
const EDGE = 6;
const ROOM = 2.5 * LEAST;

/** The scale for the longest of some vectors. pixels: its length at scale 1; most: the longest that may be drawn. */
export function scaleFor(now: number, pixels: number, most: number): number {
  const length = pixels * now;
  if (length >= LEAST && length <= most) return now;
  const exact = Math.min(AIM, most) / pixels;
  const power = 10 ** Math.floor(Math.log10(exact));
  const digit = exact / power;
  return (digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power;
}

/** k: the record on screen. perX, perY: CSS pixels a unit of each axis. (x, y): where the record stands. */
export function drawArrows(
  context: Context, view: Viewport, frame: DrawState, track: Track, k: number, perX: number, perY: number,
  x: number, y: number, theme: Theme, arrows: StepArrows,
): void {
  const scales: Record<Arrow, number> = { gradient: 0, momentum: 0, update: 0 };
  if (arrows.on) {
    const worked = fitting(arrows.pointing, frame, k);
    const moved = worked !== null && track.dim === 2 && worked.start.some((at, i) => at !== track.params[k * 2 + i]);
    const [fromX, fromY] = moved ? [toX(view, worked.start[0] as number), toY(view, worked.start[1] as number)] : [x, y];
    const draw = (arrow: Arrow, dx: number, dy: number, scale: number, colour: string): void => {
      const length = Math.hypot(dx, dy) * scale;
      if (!(length > 1) || !Number.isFinite(length)) return;
      scales[arrow] = scale;
      const [toEndX, toEndY] = [fromX + dx * scale, fromY + dy * scale];
      if (arrows.lit === arrow) light(context, fromX, fromY, toEndX, toEndY, colour);
      drawArrow(context, fromX, fromY, toEndX, toEndY, colour, theme.panel);
    };
    const longestOn = (dx: number, dy: number): number => roomFor(view, fromX, fromY, dx, dy, track.dim);
    // A curve shows its slope as a tangent.
    const flat = track.dim === 2;
    const [gx, gy] = of(worked?.vectors.gradient, track.grad, track.dim, k, perX, perY);
    const [mx, my] = of(worked?.vectors.momentum, null, track.dim, k, perX, perY);
    const longest = Math.max(flat ? Math.hypot(gx, gy) : 0, Math.hypot(mx, my));
    // Each must stay within its own room; the scale is that of the one that has less.
    const share = Math.min(shareOf(gx, gy, flat ? longestOn(gx, gy) : 0), shareOf(mx, my, longestOn(mx, my)));
    if (longest > 0 && Number.isFinite(longest)) arrows.slopeScale = scaleFor(arrows.slopeScale, longest, longest * share);
    // Often they point the same way: the shorter one lies on top.
    const momentumFirst = Math.hypot(mx, my) > Math.hypot(gx, gy);
    if (momentumFirst) draw('momentum', mx, my, arrows.slopeScale, theme.momentum);
    if (flat) draw('gradient', gx, gy, arrows.slopeScale, theme.gradient);
    if (!momentumFirst) draw('momentum', mx, my, arrows.slopeScale, theme.momentum);
    const made = k + 1 < track.length ? track.update : null;
    const [ux, uy] = of(worked?.vectors.update, made, track.dim, k + 1, perX, perY);
    const far = Math.hypot(ux, uy);
    if (far > 0 && Number.isFinite(far)) {
      const most = longestOn(ux, uy);
      arrows.updateScale = far >= LEAST && far <= most ? 1 : scaleFor(arrows.updateScale, far, most);
      draw('update', ux, uy, arrows.updateScale, theme.update);
    }
  }
  arrows.drawn(scales);
}

/** CSS pixels from a point to the plot's edge along a direction, within bounds: an arrow must be seen, and not cross the map. */
function roomFor(view: Viewport, x: number, y: number, dx: number, dy: number, dim: number): number {
  const length = Math.hypot(dx, dy);
  const toX = (dx > 0 ? view.left + view.width - x : x - view.left) / (Math.abs(dx) / length);
  const toY = (dy > 0 ? view.top + view.height - y : y - view.top) / (Math.abs(dy) / length);
  const most = MOST * Math.min(view.width, dim === 1 ? view.width : view.height);
  return Math.max(ROOM, Math.min(most, toX - EDGE, dim === 1 ? most : toY - EDGE));
}

/** The largest scale at which a vector fits into a room of so many pixels. */
function shareOf(dx: number, dy: number, room: number): number {
  const length = Math.hypot(dx, dy);
  return length > 0 && room > 0 ? room / length : Infinity;
}

/** The worked step, where it is the one on screen. */
function fitting(pointing: Pointing | null, frame: DrawState, k: number): Pointing | null {
  return pointing && pointing.run === frame.selected && pointing.step === k ? pointing : null;
}

/** A vector in CSS pixels: as the lines have it, else as recorded; (0, 0) where neither knows it. */
function of(
  line: readonly number[] | undefined, recorded: Float64Array | null, dim: number, k: number, perX: number, perY: number,
): readonly [number, number] {
  const at = (i: number): number => (i >= dim ? 0 : line ? (line[i] as number) : recorded ? (recorded[k * dim + i] as number) : 0);
  return [at(0) * perX, -at(1) * perY];
}

/** A broad glow under the arrow whose line is pointed at. */
function light(context: Context, x0: number, y0: number, x1: number, y1: number, colour: string): void {
  context.globalAlpha = 0.35;
  context.strokeStyle = colour;
  context.lineWidth = 14;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.globalAlpha = 1;
}
