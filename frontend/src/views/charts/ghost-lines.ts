/** The curves that runs would have at a value that is being dragged: dashed, from the play head on. */
import type { DrawState, Ghost } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { MARK_DISTANCE, drawEdgeMark, toChartY } from './lines';
import type { Pane } from './panes';

export function drawGhostLines(layer: CanvasLayer, pane: Pane, frame: DrawState, theme: Theme): void {
  for (const ghost of frame.ghosts) {
    if (frame.visible[ghost.run] === false) continue;
    for (const values of pane.series.ghost?.(ghost) ?? []) drawGhostLine(layer, pane, ghost, values, frame.head, theme);
  }
}

function drawGhostLine(layer: CanvasLayer, { view }: Pane, ghost: Ghost, values: ArrayLike<number>, head: number, theme: Theme): void {
  const context = layer.clip(view);
  const [top, right, bottom] = [view.top, view.left + view.width, view.top + view.height];
  const colour = runColour(theme, ghost.run);
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * theme.strokeScale;
  context.globalAlpha = 0.75;
  context.setLineDash([4, 3]);
  context.beginPath();
  let [begun, was, marked] = [false, Number.NaN, Number.NEGATIVE_INFINITY];
  const mark = (x: number, text: string, below: boolean): void => {
    if (text === '' && x - marked < MARK_DISTANCE) return;
    marked = x;
    drawEdgeMark(context, x, view, text, colour, below, theme);
  };
  for (let k = 0; k < values.length; k++) {
    const step = ghost.steps[k] as number;
    if (step < head) continue;
    const value = values[k] as number;
    const x = view.left + (step / view.x1) * view.width;
    const y = toChartY(view, value);
    if (!Number.isNaN(y)) {
      if (begun) context.lineTo(x, y);
      else context.moveTo(x, y);
      begun = true;
    }
    if (!Number.isFinite(value)) mark(x, Number.isNaN(value) ? 'NaN' : '∞', value < 0);
    else if (y < top && !(was < top)) mark(x, '', false);
    else if (y > bottom && !(was > bottom)) mark(x, '', true);
    if (x > right) break;
    was = y;
  }
  context.stroke();
  context.restore();
}
