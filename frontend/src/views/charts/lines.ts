/** The growing lines: like the stage's trails, only added to while playing. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { Theme } from '../../render/colours/theme-colours';
import type { Viewport } from '../../render/viewport/viewport';
import type { Pane } from './panes';
import type { Series } from './series';
import type { Limit } from './stability-limit';

const RUNS = 8;
const LINES = 4;
/** Two marks at the top edge of one line stand at least this far apart (CSS pixels). */
const MARK_GAP = 14;
export const DASHES: readonly (readonly number[])[] = [[], [5, 3], [2, 3], [8, 3, 2, 3]];

/** A part of the data is drawn alike on every chart. */
export function dashOf(series: Series, track: Track, line: number): number[] {
  const part = series.part?.(track, line) ?? null;
  return [...(DASHES[(part === null ? line : part + 1) % DASHES.length] as number[])];
}

export class Lines {
  /** [pane][run * LINES + line]: the last record drawn (-1: none), its height in pixels, and where the last mark is. */
  private drawn: Int32Array[] = [];
  private lastY: Float64Array[] = [];
  private marked: Float64Array[] = [];
  private epoch = -1;
  private visible = 0;
  private selected = -1;
  private stale = true;

  constructor(private readonly layer: CanvasLayer) {}

  invalidate(): void {
    this.stale = true;
  }

  draw(frame: DrawState, panes: readonly Pane[], limits: readonly Limit[], theme: Theme): void {
    const { tracks, epoch } = frame.recording;
    let visible = 0;
    for (let run = 0; run < tracks.length; run++) if (frame.visible[run] !== false) visible |= 1 << run;
    if (this.stale || epoch !== this.epoch || visible !== this.visible || frame.selected !== this.selected) {
      this.layer.clear();
      this.drawn = panes.map(() => new Int32Array(RUNS * LINES).fill(-1));
      this.lastY = panes.map(() => new Float64Array(RUNS * LINES));
      this.marked = panes.map(() => new Float64Array(RUNS * LINES).fill(Number.NEGATIVE_INFINITY));
      this.epoch = epoch;
      this.visible = visible;
      this.selected = frame.selected;
      this.stale = false;
      for (const pane of panes) if (pane.series.id === 'curvature') this.limit(pane, limits, theme);
    }
    const { context } = this.layer;
    for (let n = 0; n < panes.length; n++) {
      const pane = panes[n] as Pane;
      const { view } = pane;
      context.save();
      context.beginPath();
      context.rect(view.left, view.top, view.width, view.height);
      context.clip();
      context.lineJoin = 'round';
      for (let run = 0; run < tracks.length; run++) if (run !== frame.selected) this.run(n, pane, run, frame, theme);
      if (frame.selected < tracks.length) this.run(n, pane, frame.selected, frame, theme);
      context.restore();
    }
  }

  private run(n: number, pane: Pane, run: number, frame: DrawState, theme: Theme): void {
    const track = frame.recording.tracks[run] as Track;
    if (frame.visible[run] === false || track.length === 0) return;
    const lines = pane.series.lines(track);
    for (let line = 0; line < lines; line++) this.extend(n, pane, run, line, track, frame, theme);
  }

  private extend(
    n: number, pane: Pane, run: number, line: number, track: Track, frame: DrawState, theme: Theme,
  ): void {
    const slot = run * LINES + line;
    const drawn = this.drawn[n] as Int32Array;
    const lastY = this.lastY[n] as Float64Array;
    const until = Math.min(frame.head, track.length - 1);
    let k = drawn[slot] as number;
    const from = k < 0 ? firstOwnStep(frame.experiment, run, frame.visible) : 0;
    if (k >= until || from > until) return;
    const { context } = this.layer;
    const { view, series } = pane;
    const perStep = view.width / (view.x1 - view.x0);
    const colour = theme.runs[run % theme.runs.length] as string;
    context.strokeStyle = colour;
    context.lineWidth = (run === frame.selected ? 2 : 1.5) * theme.weight;
    context.globalAlpha = line === 0 ? 1 : 0.85;
    context.setLineDash(dashOf(series, track, line));
    context.lineDashOffset = 0;
    context.beginPath();
    let y: number;
    if (k < 0) {
      k = from;
      y = place(view, series.value(track, from, line));
      if (y === y) context.moveTo(view.left + from * perStep, y);
    } else {
      y = lastY[slot] as number;
      context.moveTo(view.left + k * perStep, y);
    }
    // Several records in one pixel column become its lowest, highest and last.
    let column = Number.NaN;
    let [lowest, highest] = [y, y];
    while (k < until) {
      k++;
      const value = series.value(track, k, line);
      const next = place(view, value);
      const x = view.left + k * perStep;
      if (next !== next || !Number.isFinite(value)) {
        this.mark(n, slot, x, view, Number.isNaN(value) ? 'NaN' : '∞', colour, value < 0);
        if (next === next) context.lineTo(x, next);
        y = next;
        continue;
      }
      if (next < view.top && !(y < view.top)) this.mark(n, slot, x, view, '', colour, false);
      if (next > view.top + view.height && !(y > view.top + view.height)) this.mark(n, slot, x, view, '', colour, true);
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
    }
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    drawn[slot] = until;
    lastY[slot] = y;
  }

  /** Where a line leaves the plot: a triangle at the edge, and what the value is if it is no number. */
  private mark(
    n: number, slot: number, x: number, view: Viewport, text: string, colour: string, below: boolean,
  ): void {
    const marked = this.marked[n] as Float64Array;
    if (text === '' && x - (marked[slot] as number) < MARK_GAP) return;
    marked[slot] = x;
    const { context } = this.layer;
    const edge = below ? view.top + view.height - 1 : view.top + 1;
    const into = below ? -1 : 1;
    // The line's own path is under way: the mark must not add to it.
    const triangle = new Path2D();
    triangle.moveTo(x, edge);
    triangle.lineTo(x + 4.5, edge + into * 8);
    triangle.lineTo(x - 4.5, edge + into * 8);
    triangle.closePath();
    context.fillStyle = colour;
    context.fill(triangle);
    if (text === '') return;
    context.font = `600 12px ${this.font}`;
    context.textAlign = x > view.left + view.width - 40 ? 'right' : 'left';
    context.textBaseline = below ? 'bottom' : 'top';
    context.fillText(text, x + (context.textAlign === 'left' ? 7 : -7), edge + into * 1);
  }

  /** Set with the theme: a canvas does not inherit the page's font. */
  font = 'sans-serif';

  /** The staircase of the limits of curvature; a gap where there is none. */
  private limit(pane: Pane, limits: readonly Limit[], theme: Theme): void {
    const { context } = this.layer;
    const { view } = pane;
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    context.strokeStyle = theme.text;
    context.lineWidth = 1.25 * theme.weight;
    context.setLineDash([6, 4]);
    context.beginPath();
    let under = false;
    for (let n = 0; n < limits.length; n++) {
      const { step, limit } = limits[n] as Limit;
      const y = place(view, limit);
      if (y !== y) {
        under = false;
        continue;
      }
      const end = limits[n + 1]?.step ?? view.x1;
      const from = view.left + (step / view.x1) * view.width;
      if (under) context.lineTo(from, y);
      else context.moveTo(from, y);
      under = true;
      context.lineTo(view.left + (end / view.x1) * view.width, y);
    }
    context.stroke();
    context.restore();
  }
}

/**
 * The height of a value in pixels, kept within reach of the canvas. Infinity is far above; on a logarithmic axis what
 * is not above 0 is far below. NaN stays NaN.
 */
export function place(view: Viewport, value: number): number {
  const at = view.yLog ? (value > 0 ? Math.log10(value) : value === value ? Number.NEGATIVE_INFINITY : Number.NaN) : value;
  const y = view.top + (1 - (at - view.y0) / (view.y1 - view.y0)) * view.height;
  return y < view.top - 60 ? view.top - 60 : y > view.top + view.height + 60 ? view.top + view.height + 60 : y;
}
