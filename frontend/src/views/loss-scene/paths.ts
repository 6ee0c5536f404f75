/** The paths up to the play head: a canvas that is only added to while playing, and drawn anew when it must be. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { MARGIN, cut, cutSegment } from '../../render/canvas/segment';
import type { Theme } from '../../render/colours/theme-colours';
import type { Viewport } from '../../render/viewport/viewport';
import { spot, type Project } from './projection';

const RUNS = 8;
/** A point nearer than this to the last one drawn is passed over (CSS pixels). */
const NEAR = 0.7;

export class Paths {
  /** Per run: the last record drawn, and where. -1: none yet. */
  private readonly drawn = new Int32Array(RUNS).fill(-1);
  private readonly lastX = new Float64Array(RUNS);
  private readonly lastY = new Float64Array(RUNS);
  private epoch = -1;
  private visible = 0;
  private selected = -1;
  private stale = true;

  constructor(
    private readonly layer: CanvasLayer,
    private readonly view: Viewport,
  ) {}

  /** The picture under the paths changed: axes, size, theme, camera. */
  invalidate(): void {
    this.stale = true;
  }

  /** Brings the paths to the frame's head. Adds the new segments only, if nothing else changed. */
  draw(frame: DrawState, theme: Theme, project: Project): void {
    const { recording, head, selected } = frame;
    const tracks = recording.tracks;
    let visible = 0;
    let back = false;
    for (let run = 0; run < tracks.length; run++) {
      if (frame.visible[run] !== false) visible |= 1 << run;
      if ((this.drawn[run] as number) > head) back = true;
    }
    const anew =
      this.stale || back || recording.epoch !== this.epoch || visible !== this.visible || selected !== this.selected;
    if (anew) {
      this.layer.clear();
      this.drawn.fill(-1);
      this.epoch = recording.epoch;
      this.visible = visible;
      this.selected = selected;
      this.stale = false;
    }
    const { context } = this.layer;
    const { left, top, width, height } = this.view;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.lineJoin = 'round';
    context.lineCap = 'round';
    // The selected run last, so that it lies on top when all are drawn anew.
    for (let run = 0; run < tracks.length; run++) if (run !== selected) this.extend(run, frame, theme, project);
    if (selected < tracks.length) this.extend(selected, frame, theme, project);
    context.restore();
  }

  private extend(run: number, frame: DrawState, theme: Theme, project: Project): void {
    const track = frame.recording.tracks[run] as Track;
    if (frame.visible[run] === false || track.length === 0) return;
    const until = Math.min(frame.head, track.length - 1);
    let k = this.drawn[run] as number;
    const from = k < 0 ? firstOwnStep(frame.experiment, run, frame.visible) : 0;
    if (k >= until || from > until) return;
    if (k < 0) {
      project(track, from);
      this.lastX[run] = spot.x;
      this.lastY[run] = spot.y;
      this.drawn[run] = from;
      k = from;
    }
    const { context } = this.layer;
    const { left, top, width, height } = this.view;
    const [l, t, r, b] = [left - MARGIN, top - MARGIN, left + width + MARGIN, top + height + MARGIN];
    let x = this.lastX[run] as number;
    let y = this.lastY[run] as number;
    context.strokeStyle = theme.runs[run % theme.runs.length] as string;
    context.lineWidth = (run === frame.selected ? 2.25 : 1.75) * theme.weight;
    context.beginPath();
    context.moveTo(x, y);
    while (k < until) {
      k++;
      project(track, k);
      const nx = spot.x;
      const ny = spot.y;
      const near = Math.abs(nx - x) < NEAR && Math.abs(ny - y) < NEAR;
      if (near) continue; // the gap shows only at the head, where the point's marker covers it
      if (nx >= l && nx <= r && ny >= t && ny <= b && x >= l && x <= r && y >= t && y <= b) {
        context.lineTo(nx, ny);
      } else if (cutSegment(x, y, nx, ny, l, t, r, b)) {
        context.moveTo(cut.x0, cut.y0);
        context.lineTo(cut.x1, cut.y1);
      } else {
        context.moveTo(nx, ny); // not drawn, nor joined to what was before it
      }
      x = nx;
      y = ny;
    }
    context.stroke();
    this.drawn[run] = until;
    this.lastX[run] = x;
    this.lastY[run] = y;
  }
}
