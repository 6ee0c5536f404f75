/** The runs' paths on the surface up to the play head: each step follows the surface, and is faint where the surface hides it. */
import { firstOwnStep } from '../../core/experiment/fork';
import { moveAt } from '../../core/player/move';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { RedrawCheck, forEachVisibleRun } from '../../render/canvas/visible-runs';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import type { Box } from '../../render/viewport/viewport';
import { JUMP_DASH } from '../loss-scene/paths';
import { HIDDEN, isProjected, projected, type ProjectRecord, type Records } from '../loss-scene/projection';

const RUNS = 8;
/** CSS pixels: a record nearer than this to the last one drawn is left out. */
const MIN_DISTANCE = 0.7;
/** CSS pixels: a longer step is drawn in pieces of this length. */
const PIECE = 5;
/** Of one step, and of all steps drawn at once: thousands of swings to and fro would take longer than a display frame. */
const MOST_OF_STEP = 60;
const MOST_OF_ALL = 6000;

export class DrapedPaths {
  /** Per run: the last record drawn; -1: none. */
  private readonly drawn = new Int32Array(RUNS).fill(-1);
  private readonly redraw = new RedrawCheck();
  /** A point between two records. */
  private readonly between: Records & { readonly params: Float64Array; readonly loss: Float64Array } =
    { dim: 2, params: new Float64Array(2), loss: new Float64Array(1) };

  constructor(
    private readonly layer: CanvasLayer,
    private readonly box: Box,
    /** Draws what lies below the paths, after each clearing. */
    private readonly below: (context: CanvasRenderingContext2D) => void,
  ) {}

  /** What lies under the paths has changed: surface, size, theme or camera. */
  invalidate(): void {
    this.redraw.invalidate();
  }

  /** Draws up to the play head: only the new steps where nothing else changed. */
  draw(frame: DrawState, theme: Theme, project: ProjectRecord): void {
    const back = this.drawn.some((record) => record > frame.head);
    const context = this.layer.clip(this.box);
    if (this.redraw.needed(frame) || back) {
      this.layer.clear();
      this.drawn.fill(-1);
      this.below(context);
    }
    context.lineCap = 'round';
    forEachVisibleRun(frame, (run, track) => this.extend(context, run, track, frame, theme, project));
    context.restore();
  }

  private extend(context: CanvasRenderingContext2D, run: number, track: Track, frame: DrawState, theme: Theme, project: ProjectRecord): void {
    const until = Math.min(frame.head, track.length - 1);
    const from = (this.drawn[run] as number) < 0 ? firstOwnStep(frame.experiment, run, frame.visible) : (this.drawn[run] as number);
    if (from > until || (this.drawn[run] as number) >= until) return;
    const line = new Line();
    const jumps = new Line();
    const most = Math.max(2, Math.min(MOST_OF_STEP, Math.floor(MOST_OF_ALL / (until - from))));
    project(track, from);
    line.start();
    /** Where the line ends. */
    let [last, at]: [Records, number] = [track, from];
    const draw = (onto: Line, to: Records, k: number): boolean => {
      const [x, y] = [onto.x, onto.y];
      project(to, k);
      const apart = Math.hypot(projected.x - x, projected.y - y);
      if (apart < MIN_DISTANCE) return false; // visible only at the play head, where the point's marker covers it
      if (apart > PIECE) this.pieces(onto, last, at, to, k, Math.min(most, Math.ceil(apart / PIECE)), project);
      project(to, k);
      onto.to();
      return true;
    };
    /** An edit has put the run elsewhere: the jump is no step of its optimizer, and dashed. */
    const jump = (k: number): void => {
      const move = moveAt(frame.moves, run, k);
      if (!move) return;
      [last, at] = [track, k];
      project(track, k);
      jumps.start();
      draw(jumps, move, 0);
      project(move, 0);
      line.start();
      [last, at] = [move, 0];
    };
    if ((this.drawn[run] as number) < 0) jump(from);
    else {
      const move = moveAt(frame.moves, run, from);
      if (move) {
        project(move, 0);
        line.start();
        [last, at] = [move, 0];
      }
    }
    for (let k = from + 1; k <= until; k++) {
      if (draw(line, track, k)) [last, at] = [track, k];
      jump(k);
    }
    const width = (run === frame.selected ? 2.25 : 1.75) * theme.strokeScale;
    context.lineWidth = width;
    context.strokeStyle = runColour(theme, run);
    context.stroke(line.seen);
    // A rim below what is drawn already, the step before included.
    context.globalCompositeOperation = 'destination-over';
    context.lineWidth = width + 2.5;
    context.strokeStyle = theme.panel;
    context.stroke(line.seen);
    context.globalCompositeOperation = 'source-over';
    context.lineWidth = width;
    context.strokeStyle = runColour(theme, run);
    context.save();
    context.globalAlpha = HIDDEN;
    context.lineCap = 'butt'; // round ends of pieces would add up to spots
    context.stroke(line.unseen);
    context.setLineDash(JUMP_DASH);
    context.stroke(jumps.unseen);
    context.globalAlpha = 1;
    context.stroke(jumps.seen);
    context.restore();
    this.drawn[run] = until;
  }

  /** The places between two records, without the ends. */
  private pieces(line: Line, from: Records, i: number, to: Records, k: number, count: number, project: ProjectRecord): void {
    const [x0, y0] = [from.params[2 * i], from.params[2 * i + 1]] as [number, number];
    const [x1, y1] = [to.params[2 * k], to.params[2 * k + 1]] as [number, number];
    this.between.loss[0] = Number.NaN;
    for (let n = 1; n < count; n++) {
      this.between.params[0] = x0 + ((x1 - x0) * n) / count;
      this.between.params[1] = y0 + ((y1 - y0) * n) / count;
      project(this.between, 0);
      line.to();
    }
  }
}

/** A line through projected places, as what is seen of it and what is hidden. */
class Line {
  readonly seen = new Path2D();
  readonly unseen = new Path2D();
  x = Number.NaN;
  y = Number.NaN;
  private hidden = false;
  private pen: Path2D | null = null;

  start(): void {
    [this.x, this.y, this.hidden] = [projected.x, projected.y, projected.hidden];
    this.pen = null;
  }

  /** To the last projected place; a place that is none makes a gap. */
  to(): void {
    const path = projected.hidden || this.hidden ? this.unseen : this.seen;
    if (!isProjected() || !Number.isFinite(this.x)) {
      this.start();
      return;
    }
    if (path !== this.pen) path.moveTo(this.x, this.y);
    path.lineTo(projected.x, projected.y);
    this.start();
    this.pen = path;
  }
}
