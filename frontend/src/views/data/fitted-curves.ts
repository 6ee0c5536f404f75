/** Fits over one input: each run's line or curve in its colour; and predictions against targets. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import type { Theme } from '../../render/colours/theme-colours';
import { toX, toY, type Interval, type Viewport } from '../../render/viewport/viewport';
import { formatNumber } from '../../ui/i18n/numbers';
import { crossings } from './contour';
import { drawnOutput, hasOneOutput } from './prediction';

type Context = CanvasRenderingContext2D;

/** Outputs with a line of their own: at most six, and of two classes only one, since it determines the other. */
export function outputsWithLine(picture: DataPicture): readonly number[] {
  if (hasOneOutput(picture)) return [drawnOutput(picture)];
  return Array.from({ length: Math.min(picture.outputs, 6) }, (_, n) => n);
}

/** Inputs at which the probability of class 1 crosses one half; none for regression. */
export function thresholds(picture: DataPicture, { points, outputs, values }: Fit): number[] {
  if (picture.classes.length !== 2 || !hasOneOutput(picture) || picture.kind !== 'curve') return [];
  const [low, high] = picture.bounds[0] as Interval;
  const drawn = drawnOutput(picture);
  return crossings(Array.from({ length: points }, (_, n) => values[n * outputs + drawn] as number), low, high, 0.5);
}

/** The curve of one run; NaN interrupts it. The caller clips. */
export function drawCurve(
  context: Context, view: Viewport, picture: DataPicture, { points, outputs, values }: Fit, colour: string, selected: boolean, theme: Theme,
): void {
  const [low, high] = picture.bounds[0] as Interval;
  const far = 4 * view.height; // beyond the plot, and within the reach of a canvas
  for (const output of outputsWithLine(picture)) {
    context.beginPath();
    let connected = false;
    for (let n = 0; n < points; n++) {
      const value = values[n * outputs + output] as number;
      const x = toX(view, low + ((high - low) * n) / (points - 1));
      const y = Math.max(view.top - far, Math.min(view.top + view.height + far, toY(view, value)));
      if (connected) context.lineTo(x, y);
      else context.moveTo(x, y);
      connected = !Number.isNaN(value);
    }
    context.lineJoin = 'round';
    context.setLineDash(output > 0 && !hasOneOutput(picture) ? [6, 2 + 2 * output] : []);
    context.lineWidth = (selected ? 5.5 : 4) * theme.strokeScale;
    context.strokeStyle = theme.panel; // a halo that separates the line from points and other lines
    context.stroke();
    context.lineWidth = (selected ? 3 : 1.75) * theme.strokeScale;
    context.strokeStyle = colour;
    context.stroke();
  }
  context.setLineDash([]);
}

/** A vertical line from each threshold to the input's axis, with the number there. */
export function drawThresholds(context: Context, view: Viewport, at: readonly number[], colour: string, theme: Theme): void {
  const bottom = view.top + view.height;
  context.beginPath();
  for (const value of at) {
    context.moveTo(toX(view, value), toY(view, 0.5));
    context.lineTo(toX(view, value), bottom);
  }
  context.setLineDash([2, 3]);
  context.lineWidth = 1.5 * theme.strokeScale;
  context.strokeStyle = colour;
  context.stroke();
  context.setLineDash([]);
  context.font = `600 ${12 * theme.fontScale}px ${theme.font}`;
  context.fillStyle = theme.text;
  context.textBaseline = 'bottom';
  for (const value of at) {
    const x = toX(view, value);
    const left = x > view.left + view.width * 0.7; // the side with room for the number
    context.textAlign = left ? 'right' : 'left';
    context.fillText(formatNumber(value, 4), x + (left ? -6 : 6), bottom - 4);
  }
}

/** One mark a sample and output: target across, prediction upwards. Hollow outside the training part. */
export function drawPredictions(context: Context, view: Viewport, picture: DataPicture, fit: Fit, colour: string, theme: Theme): void {
  const { points, outputs, values } = fit;
  const targets = picture.targets.values;
  const radius = (picture.samples.values.length > 150 ? 2.5 : 4) * theme.strokeScale;
  for (const training of [true, false]) {
    context.beginPath();
    for (let n = 0; n < points * outputs; n++) {
      if ((picture.part.values[Math.floor(n / outputs)] === 0) !== training) continue;
      const x = toX(view, targets[n] as number);
      const y = toY(view, values[n] as number);
      if (!Number.isFinite(y)) continue;
      if ((n % outputs) % 2 === 0) {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      } else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    context.lineWidth = 1.5 * theme.strokeScale;
    context.strokeStyle = training ? theme.panel : colour;
    context.fillStyle = training ? colour : theme.panel;
    context.fill();
    context.stroke();
  }
}
