/** What is drawn again in each frame: critical points, the runs' points, arrows, curvature, and marks on the paths. */
import { firstOwnStep } from '../../core/experiment/fork';
import { moveAt } from '../../core/player/move';
import type { Track } from '../../core/player/track';
import type { CriticalPoint } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { drawArrowHead } from '../../render/canvas/arrow';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { forEachVisibleRun } from '../../render/canvas/visible-runs';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { KINDS, drawCriticalPoint } from '../../render/markers/critical-point-markers';
import { drawMarker } from '../../render/markers/run-markers';
import { within, type Place, type Viewport } from '../../render/viewport/viewport';
import { drawStepArrows } from './arrows';
import { drawCurvatureAxes } from './curvature-axes';
import { drawGhostPaths } from './ghost-paths';
import { drawCross, exitOf, strokeWithHalo, type Exit } from './left-markers';
import { HIDDEN, isProjected, projected, type ProjectPoint, type ProjectRecord } from './projection';
import type { StepArrows } from './step-arrows.svelte';

const RADIUS = 6.5;
/** CSS pixels between two critical points, and the number of points from which on the distance grows with it. */
const APART = 15;
const CROWD = 40;

/** How records and critical points are projected: onto the map or the curve, or in 3-D. */
export interface SceneProjection {
  readonly record: ProjectRecord;
  readonly point: ProjectPoint;
  /** Whether critical points come so close to each other that the less important ones are left out. */
  readonly crowded?: boolean;
}

export class PlayHeadMarkers {
  /** Where each run's point was drawn last, CSS pixels; NaN when it was not. */
  readonly x = new Float64Array(8).fill(Number.NaN);
  readonly y = new Float64Array(8).fill(Number.NaN);

  constructor(
    private readonly layer: CanvasLayer,
    private readonly view: Viewport,
    /** null in 3-D, where arrows have no place. */
    private readonly arrows: StepArrows | null,
  ) {}

  draw(frame: DrawState, theme: Theme, project: SceneProjection, points: readonly CriticalPoint[]): void {
    this.layer.clear();
    const context = this.layer.clip(this.view);
    context.lineCap = 'round';
    this.x.fill(Number.NaN);
    this.y.fill(Number.NaN);
    this.drawPoints(points, theme, project);
    forEachVisibleRun(frame, (run, track) => this.drawStart(run, track, frame, theme, project.record));
    this.drawEdits(frame, theme, project.record);
    drawCurvatureAxes(context, frame, theme, project.point, points);
    if (this.arrows) drawStepArrows(context, this.view, frame, theme, project.record, this.arrows);
    drawGhostPaths(context, this.view, frame, theme, project.record);
    forEachVisibleRun(frame, (run, track) => this.drawPoint(run, track, frame, theme, project.record));
    context.restore();
  }

  private drawPoints(points: readonly CriticalPoint[], theme: Theme, { point: project, crowded = false }: SceneProjection): void {
    const drawn: Place[] = [];
    // In a crowd only the more important ones: else a hundred icons would hide the surface.
    const apart = APART * theme.strokeScale * Math.max(1, points.length / CROWD);
    (crowded ? byImportance(points) : points).forEach((point, n) => {
      project(point);
      const { x, y, hidden } = projected;
      // The lowest minimum is where the runs should go: it is faint where the surface hides it.
      const faint = hidden && n === 0 && point.kind === 'minimum';
      if (!isProjected() || (hidden && !faint)) return;
      if (crowded && drawn.some((other) => Math.hypot(other.x - x, other.y - y) < apart)) return;
      drawn.push({ x, y });
      drawCriticalPoint(this.layer.context, point.kind, x, y, theme, faint ? HIDDEN : 1);
    });
  }

  /** A ring at the start of a path. */
  private drawStart(run: number, track: Track, frame: DrawState, theme: Theme, project: ProjectRecord): void {
    const from = firstOwnStep(frame.experiment, run, frame.visible);
    if (track.length <= from || frame.head <= (from > 0 ? from - 1 : 0)) return;
    project(track, from);
    if (!isProjected()) return;
    const { context } = this.layer;
    context.globalAlpha = projected.hidden ? HIDDEN : 1;
    context.beginPath();
    context.arc(projected.x, projected.y, 4, 0, 2 * Math.PI);
    context.fillStyle = theme.panel;
    context.fill();
    context.lineWidth = 1.75;
    context.strokeStyle = runColour(theme, run);
    context.stroke();
    context.globalAlpha = 1;
  }

  /** A short bar across the path at each edit: no run's marker has that shape. */
  private drawEdits(frame: DrawState, theme: Theme, project: ProjectRecord): void {
    for (const { step, run } of frame.experiment.edits ?? []) {
      const track = frame.recording.tracks[run];
      if (!track || step > frame.head || step >= track.length || frame.visible[run] === false) continue;
      if (step < firstOwnStep(frame.experiment, run, frame.visible)) continue; // the mark of the run that it branches from is there
      project(track, step);
      if (!isProjected()) continue;
      const { context } = this.layer;
      context.globalAlpha = projected.hidden ? HIDDEN : 1;
      context.beginPath();
      context.moveTo(projected.x, projected.y - 7);
      context.lineTo(projected.x, projected.y + 7);
      strokeWithHalo(context, 2.5, runColour(theme, run), theme);
      context.globalAlpha = 1;
    }
  }

  private drawPoint(run: number, track: Track, frame: DrawState, theme: Theme, project: ProjectRecord): void {
    if (frame.head < firstOwnStep(frame.experiment, run, frame.visible)) return; // it has not branched off yet
    const diverged = track.divergedAt !== null && frame.head >= track.divergedAt;
    const last = Math.min(frame.head, track.length - 1);
    // A diverged run is shown at its last finite record.
    let k = last;
    const move = moveAt(frame.moves, run, last);
    if (move && !diverged) project(move, 0);
    if (!move || diverged || !isProjected()) project(track, k); // on a curve a move has no place until its loss is known
    while (k > 0 && !isProjected()) project(track, --k);
    if (!isProjected()) return;
    const colour = runColour(theme, run);
    const { x, y } = projected;
    const { context } = this.layer;
    context.globalAlpha = projected.hidden ? HIDDEN : 1;
    if (diverged || !within(this.view, x, y)) {
      const left = !within(this.view, x, y);
      const place = left ? exitOf(this.view, track, firstOwnStep(frame.experiment, run, frame.visible), k, project) : { x, y, ux: 0, uy: 0, from: { x, y } };
      this.drawLeft(run, place, diverged, colour, theme);
    } else {
      this.x[run] = x;
      this.y[run] = y;
      const radius = k < last ? RADIUS - 2 : run === frame.selected ? RADIUS + 1.5 : RADIUS;
      drawMarker(context, run, x, y, radius * theme.strokeScale, colour, theme.panel);
    }
    context.globalAlpha = 1;
  }

  /** Where the path left the plot, an arrow head towards the run; a cross for one that diverged. */
  private drawLeft(run: number, { x, y, ux, uy, from }: Exit, diverged: boolean, colour: string, theme: Theme): void {
    const { context } = this.layer;
    // Its last step, which may be one of many that are drawn no more.
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(x, y);
    context.strokeStyle = colour;
    context.lineWidth = 1.75 * theme.strokeScale;
    context.stroke();
    if (diverged) return drawCross(context, { x, y }, colour, theme);
    drawArrowHead(context, x + ux * 11, y + uy * 11, ux, uy, colour, 9);
    drawMarker(context, run, x, y, 4.5, colour, theme.panel);
  }
}

/** Minima first, the lowest before all; then the other kinds in their order. */
function byImportance(points: readonly CriticalPoint[]): CriticalPoint[] {
  return [...points].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.value - b.value);
}
