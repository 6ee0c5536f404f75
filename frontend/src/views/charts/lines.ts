/** The lines of the charts, on a canvas that is only added to while playing. */
import { firstOwnStep } from '../../core/experiment/fork';
import { moveAt } from '../../core/player/move';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { RedrawCheck, forEachVisibleRun } from '../../render/canvas/visible-runs';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import type { Box, Viewport } from '../../render/viewport/viewport';
import type { Pane } from './panes';
import type { Series } from './series';
import type { Limit } from './stability-limit';

const RUNS = 8;
const LINES = 4;
/** CSS pixels between two marks of one line at the plot's edge, at least. */
export const MARK_DISTANCE = 14;
/** CSS pixels by which a line may leave the plot. */
const BEYOND = 60;
/** CSS pixels: dash and gap where an edit has moved a run. */
const JUMP_DASH = [3, 5];
const DASHES: readonly (readonly number[])[] = [[], [5, 3], [2, 3], [8, 3, 2, 3]];

/** The dash of a line; a part of the data has the same one on every chart. */
export function dashOf(series: Series, track: Track, line: number): number[] {
  const part = series.part?.(track, line) ?? null;
  return [...(DASHES[(part === null ? line : part + 1) % DASHES.length] as number[])];
}

/** What was drawn of one pane, each at [run * LINES + line]. */
interface DrawnLines {
  /** The last record drawn (-1: none), and its height in CSS pixels. */
  readonly record: Int32Array;
  readonly y: Float64Array;
  /** Where the last mark is, CSS pixels. */
  readonly markX: Float64Array;
}

export class ChartLines {
  private drawn: readonly DrawnLines[] = [];
  private readonly redraw = new RedrawCheck();

  constructor(private readonly layer: CanvasLayer) {}

  /** Axes, size, theme or limits have changed. */
  invalidate(): void {
    this.redraw.invalidate();
  }

  /** Draws up to the play head: only the new segments where nothing else changed. */
  draw(frame: DrawState, panes: readonly Pane[], limits: readonly Limit[], theme: Theme): void {
    if (this.redraw.needed(frame)) {
      this.layer.clear();
      this.drawn = panes.map(() => ({
        record: new Int32Array(RUNS * LINES).fill(-1),
        y: new Float64Array(RUNS * LINES),
        markX: new Float64Array(RUNS * LINES).fill(Number.NEGATIVE_INFINITY),
      }));
      for (const pane of panes) if (pane.series.id === 'curvature') this.drawLimits(pane.view, limits, theme);
    }
    panes.forEach((pane, n) => {
      const context = this.layer.clip(edged(pane.view));
      forEachVisibleRun(frame, (run, track) => {
        const lines = pane.series.lines(track);
        for (let line = 0; line < lines; line++) this.extend(pane, this.drawn[n] as DrawnLines, run, line, track, frame, theme);
      });
      context.restore();
    });
  }

  private extend(
    { view, series }: Pane, drawn: DrawnLines, run: number, line: number, track: Track, frame: DrawState, theme: Theme,
  ): void {
    const slot = run * LINES + line;
    const until = Math.min(frame.head, track.length - 1);
    const last = drawn.record[slot] as number;
    let k = last < 0 ? firstOwnStep(frame.experiment, run, frame.visible) : last;
    if (last >= until || k > until) return;
    const { context } = this.layer;
    const perStep = view.width / (view.x1 - view.x0);
    const colour = runColour(theme, run);
    const mark = (x: number, text: string, below: boolean): void => {
      if (text === '' && x - (drawn.markX[slot] as number) < MARK_DISTANCE) return;
      drawn.markX[slot] = x;
      drawEdgeMark(context, x, view, text, colour, below, theme);
    };
    context.strokeStyle = colour;
    context.lineWidth = (run === frame.selected ? 2 : 1.5) * theme.strokeScale;
    context.globalAlpha = line === 0 ? 1 : 0.85;
    context.setLineDash(dashOf(series, track, line));
    context.beginPath();
    let y = last < 0 ? toChartY(view, series.value(track, k, line)) : (drawn.y[slot] as number);
    if (!Number.isNaN(y)) context.moveTo(view.left + k * perStep, y);
    const bottom = view.top + view.height;
    // Several records in one pixel column become its lowest, highest and last.
    let column = Number.NaN;
    let [lowest, highest] = [y, y];
    /** An edit at record k has put the run elsewhere: the jump is dashed. */
    const jump = (): void => {
      const move = series.moved && moveAt(frame.moves, run, k);
      const next = move ? toChartY(view, series.moved?.(move, line) ?? Number.NaN) : Number.NaN;
      if (Number.isNaN(next)) return;
      const x = view.left + k * perStep;
      if (lowest < highest) for (const at of [lowest, highest, y]) context.lineTo(x, at);
      context.stroke();
      context.beginPath();
      context.setLineDash(JUMP_DASH);
      context.moveTo(x, y);
      context.lineTo(x, next);
      context.stroke();
      context.setLineDash(dashOf(series, track, line));
      context.beginPath();
      context.moveTo(x, next);
      [y, column, lowest, highest] = [next, Number.NaN, next, next];
    };
    if (last < 0) jump();
    while (k < until) {
      const value = series.value(track, ++k, line);
      const x = view.left + k * perStep;
      const next = toChartY(view, value);
      if (!Number.isFinite(value) || Number.isNaN(next)) {
        mark(x, Number.isNaN(value) ? 'NaN' : '∞', value < 0);
        if (!Number.isNaN(next)) context.lineTo(x, next);
        y = next;
        jump();
        continue;
      }
      if (next < view.top && !(y < view.top)) mark(x, '', false);
      if (next > bottom && !(y > bottom)) mark(x, '', true);
      const here = Math.floor(x);
      if (here === column && k < until) {
        if (next < lowest) lowest = next;
        if (next > highest) highest = next;
      } else {
        if (lowest < highest) {
          context.lineTo(column + 0.5, lowest);
          context.lineTo(column + 0.5, highest);
        }
        context.lineTo(x, next);
        column = here;
        lowest = highest = next;
      }
      y = next;
      jump();
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    drawn.record[slot] = until;
    drawn.y[slot] = y;
  }

  /** The limits of the curvature as a staircase over the steps; a gap where there is none. */
  private drawLimits(view: Viewport, limits: readonly Limit[], theme: Theme): void {
    const context = this.layer.clip(view);
    context.strokeStyle = theme.text;
    context.lineWidth = 1.25 * theme.strokeScale;
    context.setLineDash([6, 4]);
    context.beginPath();
    let connected = false;
    limits.forEach(({ step, limit }, n) => {
      const y = toChartY(view, limit);
      if (!Number.isNaN(y)) {
        const [from, to] = [step, limits[n + 1]?.step ?? view.x1].map((at) => view.left + (at / view.x1) * view.width) as [number, number];
        if (connected) context.lineTo(from, y);
        else context.moveTo(from, y);
        context.lineTo(to, y);
      }
      connected = !Number.isNaN(y);
    });
    context.stroke();
    context.restore();
  }
}

/** A little larger: a line along the edge, such as an accuracy of 1, is drawn whole. */
function edged({ left, top, width, height }: Box): Box {
  return { left, top: top - 2, width, height: height + 4 };
}

/**
 * The height of a value in CSS pixels, at most BEYOND outside the plot. Infinity is far above; what has no logarithm is
 * far below on a logarithmic axis. NaN stays NaN.
 */
export function toChartY(view: Viewport, value: number): number {
  const at = view.yLog && !Number.isNaN(value) ? Math.log10(Math.max(value, 0)) : value;
  const y = view.top + (1 - (at - view.y0) / (view.y1 - view.y0)) * view.height;
  return Math.min(view.top + view.height + BEYOND, Math.max(view.top - BEYOND, y));
}

/** Where a line leaves the plot: a triangle at the edge, and ∞ or NaN for a value that is not finite. */
export function drawEdgeMark(
  context: CanvasRenderingContext2D, x: number, view: Viewport, text: string, colour: string, below: boolean, theme: Theme,
): void {
  const edge = below ? view.top + view.height - 1 : view.top + 1;
  const inward = below ? -1 : 1;
  // A path of its own: the line's path is not finished.
  const triangle = new Path2D();
  triangle.moveTo(x, edge);
  triangle.lineTo(x + 4.5, edge + inward * 8);
  triangle.lineTo(x - 4.5, edge + inward * 8);
  triangle.closePath();
  context.fillStyle = colour;
  context.fill(triangle);
  if (text === '') return;
  const right = x > view.left + view.width - 40;
  context.font = `600 12px ${theme.font}`;
  context.textAlign = right ? 'right' : 'left';
  context.textBaseline = below ? 'bottom' : 'top';
  context.fillText(text, x + (right ? -7 : 7), edge + inward);
}
