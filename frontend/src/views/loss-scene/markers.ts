/** What stands at the play head, drawn anew each frame: points, arrows, curvature, and the marks along the paths. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Track } from '../../core/player/track';
import type { CriticalPoint } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { drawTip } from '../../render/canvas/strokes';
import type { Theme } from '../../render/colours/theme-colours';
import { drawCriticalPoint } from '../../render/markers/critical-point-markers';
import { drawMarker } from '../../render/markers/run-markers';
import type { Viewport } from '../../render/viewport/viewport';
import { drawCurvatureAxes } from './curvature-axes';
import { drawDirections } from './directions';
import { spot, type Place, type Project } from './projection';
import type { StepArrows } from './step-arrows.svelte';

const POINT = 6.5;

/** The critical points, and where they stand in the picture; null until that is known. */
export interface Still {
  points: readonly CriticalPoint[];
  place: Place | null;
}

export class PlayHeadMarkers {
  /** Where each run's point was drawn last, in CSS pixels; NaN when it was not. */
  readonly x = new Float64Array(8).fill(Number.NaN);
  readonly y = new Float64Array(8).fill(Number.NaN);

  constructor(
    private readonly layer: CanvasLayer,
    private readonly view: Viewport,
    /** null in 3-D, where arrows and slopes have no place. */
    private readonly arrows: StepArrows | null,
    /** What does not move with the play head. */
    readonly still: Still = { points: [], place: null },
  ) {}

  draw(frame: DrawState, theme: Theme, project: Project): void {
    const { layer, view } = this;
    const { context } = layer;
    const { tracks } = frame.recording;
    layer.clear();
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    context.lineCap = 'round';
    context.lineJoin = 'round';
    this.x.fill(Number.NaN);
    this.y.fill(Number.NaN);
    this.criticalPoints(theme);
    for (let run = 0; run < tracks.length; run++) {
      if (frame.visible[run] !== false) this.start(tracks[run] as Track, run, frame, theme, project);
    }
    this.edits(frame, theme, project);
    if (this.still.place) drawCurvatureAxes(context, frame, theme, this.still.place, this.still.points);
    if (this.arrows) drawDirections(context, view, frame, theme, project, this.arrows);
    for (let run = 0; run < tracks.length; run++) if (run !== frame.selected) this.point(run, frame, theme, project);
    if (frame.selected < tracks.length) this.point(frame.selected, frame, theme, project);
    context.restore();
  }

  private criticalPoints(theme: Theme): void {
    const { points, place } = this.still;
    if (!place) return;
    for (const point of points) {
      place(point);
      if (Number.isFinite(spot.x) && Number.isFinite(spot.y)) drawCriticalPoint(this.layer.context, point.kind, spot.x, spot.y, theme);
    }
  }

  private start(track: Track, run: number, frame: DrawState, theme: Theme, project: Project): void {
    const from = firstOwnStep(frame.experiment, run, frame.visible);
    if (track.length <= from || frame.head <= (from > 0 ? from - 1 : 0)) return;
    project(track, from);
    if (!Number.isFinite(spot.x) || !Number.isFinite(spot.y)) return;
    const { context } = this.layer;
    context.beginPath();
    context.arc(spot.x, spot.y, 4, 0, 2 * Math.PI);
    context.fillStyle = theme.panel;
    context.fill();
    context.lineWidth = 1.75;
    context.strokeStyle = theme.runs[run % theme.runs.length] as string;
    context.stroke();
  }

  /** A short bar across the path where it was bent: no run's marker has that shape. */
  private edits(frame: DrawState, theme: Theme, project: Project): void {
    const { context } = this.layer;
    const edits = frame.experiment.edits;
    if (!edits) return;
    for (let n = 0; n < edits.length; n++) {
      const edit = edits[n] as NonNullable<typeof edits>[number];
      const track = frame.recording.tracks[edit.run];
      if (edit.step < firstOwnStep(frame.experiment, edit.run, frame.visible)) continue; // the other run's mark stands there
      if (!track || edit.step > frame.head || edit.step >= track.length || frame.visible[edit.run] === false) continue;
      project(track, edit.step);
      if (!Number.isFinite(spot.x) || !Number.isFinite(spot.y)) continue;
      context.beginPath();
      context.moveTo(spot.x, spot.y - 7);
      context.lineTo(spot.x, spot.y + 7);
      context.lineWidth = 6;
      context.strokeStyle = theme.panel;
      context.stroke();
      context.lineWidth = 2.5;
      context.strokeStyle = theme.runs[edit.run % theme.runs.length] as string;
      context.stroke();
    }
  }

  private point(run: number, frame: DrawState, theme: Theme, project: Project): void {
    const track = frame.recording.tracks[run] as Track;
    if (track.length === 0 || frame.visible[run] === false) return;
    if (frame.head < firstOwnStep(frame.experiment, run, frame.visible)) return; // it is still the run that it will leave
    const diverged = track.divergedAt !== null && frame.head >= track.divergedAt;
    let k = Math.min(frame.head, track.length - 1);
    project(track, k);
    // A diverged run stands where it was last in numbers that can be drawn.
    let gone = false;
    while (k > 0 && !(Number.isFinite(spot.x) && Number.isFinite(spot.y))) {
      project(track, --k);
      gone = true;
    }
    const radius = (gone ? POINT - 2 : run === frame.selected ? POINT + 1.5 : POINT) * theme.weight;
    const colour = theme.runs[run % theme.runs.length] as string;
    const { view } = this;
    const outside =
      spot.x < view.left || spot.x > view.left + view.width || spot.y < view.top || spot.y > view.top + view.height;
    if (outside || diverged) {
      this.gone(run, spot.x, spot.y, outside, diverged, colour, theme);
      return;
    }
    this.x[run] = spot.x;
    this.y[run] = spot.y;
    drawMarker(this.layer.context, run, spot.x, spot.y, radius, colour, theme.panel);
  }

  /** At the edge, an arrow to where the run has gone; a cross when it diverged. */
  private gone(
    run: number, px: number, py: number, outside: boolean, diverged: boolean, colour: string, theme: Theme,
  ): void {
    const { context } = this.layer;
    const { view } = this;
    const inset = 12;
    const [cx, cy] = [view.left + view.width / 2, view.top + view.height / 2];
    let [x, y] = [px, py];
    if (outside) {
      // Both sides are divided by the larger overshoot first: the coordinates may be near the largest number.
      const [dx, dy] = [(px - cx) / (view.width / 2 - inset), (py - cy) / (view.height / 2 - inset)];
      const over = Math.max(Math.abs(dx), Math.abs(dy));
      const [ex, ey] = Number.isFinite(over) ? [dx / over, dy / over] : [0, -1];
      x = cx + ex * (view.width / 2 - inset);
      y = cy + ey * (view.height / 2 - inset);
      const size = Math.hypot(ex * view.width, ey * view.height) || 1;
      if (!diverged) {
        drawTip(context, x + (ex * view.width * 11) / size, y + (ey * view.height * 11) / size, (ex * view.width) / size, (ey * view.height) / size, colour, 9);
      }
    }
    if (!diverged) {
      drawMarker(context, run, x, y, 4.5, colour, theme.panel);
      return;
    }
    for (const [width, style] of [[6, theme.panel], [2.75, colour]] as const) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.beginPath();
      context.moveTo(x - 6, y - 6);
      context.lineTo(x + 6, y + 6);
      context.moveTo(x + 6, y - 6);
      context.lineTo(x - 6, y + 6);
      context.stroke();
    }
  }
}
