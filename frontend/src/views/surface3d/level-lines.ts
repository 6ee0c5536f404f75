/** Contour lines on the surface, with their losses: what the surface hides is left out. */
import type { Grid } from '../../core/session/types';
import { roundLevels } from '../../render/colours/levels';
import type { Theme } from '../../render/colours/theme-colours';
import { UNIT, type Box } from '../../render/viewport/viewport';
import { formatNumber } from '../../ui/i18n/numbers';
import { traceLevel } from '../data/contour';
import { spacedLevels } from '../loss-scene/height-levels';
import { projected } from '../loss-scene/projection';
import type { Camera } from './camera';
import type { Relief } from './relief';

const LEVELS = 12;
/** CSS pixels between two labels. */
const APART = 34;

export interface Level {
  readonly loss: number;
  readonly labelled: boolean;
  /** x0, y0, x1, y1 of each piece, in the axes' units. */
  readonly pieces: Float64Array;
}

/** Of the whole grid; once for each surface. */
export function levelLines({ bounds, nx, ny }: Grid, { heights }: Relief): Level[] {
  const [[x0, x1] = UNIT, [y0, y1] = UNIT] = bounds;
  const [dx, dy] = [(x1 - x0) / (nx - 1), (y1 - y0) / (ny - 1)];
  const losses = roundLevels(heights, LEVELS);
  const labelled = new Set(spacedLevels({ heights, losses }).map(({ loss }) => loss));
  return losses.map((loss) => {
    const pieces: number[] = [];
    const add = (ax: number, ay: number, bx: number, by: number): void => {
      pieces.push(x0 + ax * dx, y0 + ay * dy, x0 + bx * dx, y0 + by * dy);
    };
    traceLevel(nx, ny, heights.heightOf(loss), (n) => heights.z[n] as number, add);
    return { loss, labelled: labelled.has(loss), pieces: Float64Array.from(pieces) };
  });
}

/** Draws the lines and, where they leave room, their labels. */
export function drawLevelLines(
  context: CanvasRenderingContext2D, levels: readonly Level[], camera: Camera, relief: Relief, box: Box, theme: Theme,
): void {
  const labels: { x: number; y: number; words: string }[] = [];
  const size = 10.5 * theme.fontScale;
  context.font = `${size}px ${theme.font}`;
  const lines = new Path2D();
  for (const { loss, labelled, pieces } of levels) {
    const z = relief.heights.heightOf(loss);
    /** The place that is nearest to the viewer has the label. */
    let [bestX, bestY] = [Number.NaN, Number.NEGATIVE_INFINITY];
    for (let n = 0; n < pieces.length; n += 4) {
      const [x0, y0, x1, y1] = [pieces[n], pieces[n + 1], pieces[n + 2], pieces[n + 3]] as [number, number, number, number];
      if (relief.hides([(x0 + x1) / 2, (y0 + y1) / 2, z], camera.eye)) continue;
      camera.project(x0, y0, z, box);
      const [px, py] = [projected.x, projected.y];
      camera.project(x1, y1, z, box);
      lines.moveTo(px, py);
      lines.lineTo(projected.x, projected.y);
      const free = labels.every((label) => Math.abs(label.x - px) > APART * theme.fontScale || Math.abs(label.y - py) > size * 1.3);
      if (free && py > bestY) [bestX, bestY] = [px, py];
    }
    if (labelled && Number.isFinite(bestY)) labels.push({ x: bestX, y: bestY, words: formatNumber(loss) });
  }
  context.lineWidth = theme.strokeScale * 0.75;
  context.strokeStyle = theme.dark ? 'rgba(255,255,255,0.34)' : 'rgba(20,45,75,0.42)';
  context.stroke(lines);
  context.save();
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.strokeStyle = theme.panel;
  context.fillStyle = theme.text;
  for (const { x, y, words } of labels) {
    context.strokeText(words, x, y);
    context.fillText(words, x, y);
  }
  context.restore();
}
