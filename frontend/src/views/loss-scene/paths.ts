/** The runs' paths up to the play head, on a canvas that is only added to while playing. */
import { firstOwnStep } from '../../core/experiment/fork';
import { moveAt } from '../../core/player/move';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { MARGIN, clipSegment, clipped } from '../../render/canvas/clip-segment';
import { RedrawCheck, forEachVisibleRun } from '../../render/canvas/visible-runs';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { within, type Box } from '../../render/viewport/viewport';
import { projected, type ProjectRecord } from './projection';

const RUNS = 8;
/** CSS pixels: a point nearer than this to the last one drawn is left out. */
const MIN_DISTANCE = 0.7;
/**
 * A run that diverges to and fro crosses the plot again and again: each crossing that is longer than the one before is drawn
 * fainter by this factor, and at last not at all, so that the map stays readable.
 */
const FADE = 0.75;
const FAINTEST = 0.08;
/** CSS pixels: dash and gap where an edit has moved a run. */
export const JUMP_DASH = [3, 5];

export class Paths {
  /** Per run: the last record drawn (-1: none), and where. */
  private readonly drawn = new Int32Array(RUNS).fill(-1);
  private readonly lastX = new Float64Array(RUNS);
  private readonly lastY = new Float64Array(RUNS);
  /** Of the last step that crossed the plot from one side to the other: its length, CSS pixels, and its opacity. */
  private readonly crossing = new Float64Array(RUNS);
  private readonly opacity = new Float64Array(RUNS).fill(1);
  private readonly redraw = new RedrawCheck();

  constructor(
    private readonly layer: CanvasLayer,
    private readonly box: Box,
  ) {}

  /** What lies under the paths has changed: axes, size, theme or camera. */
  invalidate(): void {
    this.redraw.invalidate();
  }

  /** Draws up to the play head: only the new segments where nothing else changed. */
  draw(frame: DrawState, theme: Theme, project: ProjectRecord): void {
    const back = this.drawn.some((record) => record > frame.head);
    if (this.redraw.needed(frame) || back) {
      this.layer.clear();
      this.drawn.fill(-1);
      this.crossing.fill(0);
      this.opacity.fill(1);
    }
    const context = this.layer.clip(this.box);
    context.lineCap = 'round';
    forEachVisibleRun(frame, (run, track) => this.extend(run, track, frame, theme, project));
    context.restore();
  }

  private extend(run: number, track: Track, frame: DrawState, theme: Theme, project: ProjectRecord): void {
    const until = Math.min(frame.head, track.length - 1);
    let k = this.drawn[run] as number;
    if (k >= until) return;
    if (k < 0) {
      k = firstOwnStep(frame.experiment, run, frame.visible);
      if (k > until) return;
      project(track, k);
      this.lastX[run] = projected.x;
      this.lastY[run] = projected.y;
    }
    const { context } = this.layer;
    const { left, top, width, height } = this.box;
    const [l, t, r, b] = [left - MARGIN, top - MARGIN, left + width + MARGIN, top + height + MARGIN];
    let x = this.lastX[run] as number;
    let y = this.lastY[run] as number;
    let first = (this.drawn[run] as number) < 0;
    context.strokeStyle = runColour(theme, run);
    context.lineWidth = (run === frame.selected ? 2.25 : 1.75) * theme.strokeScale;
    context.beginPath();
    /** The pen is not at (x, y). */
    let apart = true;
    for (;;) {
      // An edit has put the run elsewhere: the jump is no step of its optimizer, and dashed.
      const move = first || k > (this.drawn[run] as number) ? moveAt(frame.moves, run, k) : null;
      first = false;
      if (move) {
        project(track, k); // it may have been left out, being so near
        [x, y] = [projected.x, projected.y];
        project(move, 0);
        this.jump(x, y, projected.x, projected.y);
        [x, y, apart] = [projected.x, projected.y, true];
      }
      if (k >= until) break;
      project(track, ++k);
      const nx = projected.x;
      const ny = projected.y;
      // The gap is visible only at the play head, where the point's marker covers it.
      if (Math.abs(nx - x) < MIN_DISTANCE && Math.abs(ny - y) < MIN_DISTANCE) continue;
      if (nx >= l && nx <= r && ny >= t && ny <= b && x >= l && x <= r && y >= t && y <= b) {
        if (apart) context.moveTo(x, y);
        context.lineTo(nx, ny);
        apart = false;
      } else if (!within(this.box, x, y) && !within(this.box, nx, ny) && clipSegment(x, y, nx, ny, this.box)) {
        this.cross(run, Math.hypot(nx - x, ny - y));
        apart = true;
      } else if (clipSegment(x, y, nx, ny, this.box, MARGIN)) {
        context.moveTo(clipped.x0, clipped.y0);
        context.lineTo(clipped.x1, clipped.y1);
        apart = true;
      } else apart = true;
      x = nx;
      y = ny;
    }
    context.stroke();
    this.drawn[run] = until;
    this.lastX[run] = x;
    this.lastY[run] = y;
  }

  /** Draws a dashed line beside the path. */
  private jump(x0: number, y0: number, x1: number, y1: number): void {
    const { context } = this.layer;
    context.stroke();
    context.beginPath();
    if (clipSegment(x0, y0, x1, y1, this.box, MARGIN)) {
      context.moveTo(clipped.x0, clipped.y0);
      context.lineTo(clipped.x1, clipped.y1);
      context.setLineDash(JUMP_DASH);
      context.stroke();
      context.setLineDash([]);
    }
    context.beginPath();
  }

  /** Draws a step across the plot, the last one clipped. */
  private cross(run: number, length: number): void {
    if (length > (this.crossing[run] as number) && (this.crossing[run] as number) > 0) (this.opacity[run] as number) *= FADE;
    this.crossing[run] = length;
    const opacity = this.opacity[run] as number;
    if (opacity < FAINTEST) return;
    const { context } = this.layer;
    if (opacity < 1) {
      context.stroke();
      context.beginPath();
    }
    context.moveTo(clipped.x0, clipped.y0);
    context.lineTo(clipped.x1, clipped.y1);
    if (opacity === 1) return;
    context.globalAlpha = opacity;
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
  }
}
