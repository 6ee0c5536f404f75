/** The paths that runs would take at a value that is being dragged: dashed, from the play head on. */
import type { DrawState, Ghost } from '../../core/session/types';
import { MARGIN, clipSegment, clipped } from '../../render/canvas/clip-segment';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { within, type Viewport } from '../../render/viewport/viewport';
import { drawCross, exitOf } from './left-markers';
import { isProjected, projected, type ProjectRecord } from './projection';

type Context = CanvasRenderingContext2D;

/** CSS pixels: a point nearer than this to the last one drawn is left out. */
const MIN_DISTANCE = 0.7;

export function drawGhostPaths(context: Context, view: Viewport, frame: DrawState, theme: Theme, project: ProjectRecord): void {
  for (const ghost of frame.ghosts) {
    if (ghost.dim > 0 && frame.visible[ghost.run] !== false) drawGhostPath(context, view, ghost, frame, theme, project);
  }
}

function drawGhostPath(context: Context, view: Viewport, ghost: Ghost, frame: DrawState, theme: Theme, project: ProjectRecord): void {
  const colour = runColour(theme, ghost.run);
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = 1.75 * theme.strokeScale;
  context.globalAlpha = 0.75;
  context.setLineDash([5, 4]);
  context.beginPath();
  let [x, y] = [Number.NaN, Number.NaN];
  let [penX, penY] = [x, y];
  let [first, last] = [-1, -1];
  for (let k = 0; k < ghost.steps.length; k++) {
    if ((ghost.steps[k] as number) < frame.head) continue;
    project(ghost, k);
    const [nx, ny] = [projected.x, projected.y];
    if (!isProjected() || Math.hypot(nx - x, ny - y) < MIN_DISTANCE) continue;
    if (!projected.hidden && clipSegment(x, y, nx, ny, view, MARGIN)) {
      const { x0, y0, x1, y1 } = clipped;
      // Only where it was cut: the dashes would begin anew at each segment, and short ones look solid.
      if (Math.abs(x0 - penX) > 1e-6 || Math.abs(y0 - penY) > 1e-6 || Number.isNaN(penX)) context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      [penX, penY] = [x1, y1];
    }
    [x, y] = [nx, ny];
    if (first < 0) first = k;
    last = k;
  }
  context.stroke();
  context.restore();
  if (Number.isNaN(x)) return;
  if (ghost.diverged) drawCross(context, within(view, x, y) ? { x, y } : exitOf(view, ghost, first, last, project), colour, theme);
  else if (within(view, x, y)) drawEnd(context, x, y, colour, theme);
}

/** A small ring: the path goes on, and no more of it was computed. */
function drawEnd(context: Context, x: number, y: number, colour: string, theme: Theme): void {
  context.beginPath();
  context.arc(x, y, 3.5 * theme.strokeScale, 0, 2 * Math.PI);
  context.fillStyle = theme.panel;
  context.fill();
  context.lineWidth = 1.5 * theme.strokeScale;
  context.strokeStyle = colour;
  context.stroke();
}
