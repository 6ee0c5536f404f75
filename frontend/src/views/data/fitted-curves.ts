/** Fits over one input: each run's line or curve in its own colour; and predictions beside what is true. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import type { Theme } from '../../render/colours/theme-colours';
import { toX, toY, type Viewport } from '../../render/viewport/viewport';
import { short } from '../loss-scene/figures';
import { crossings } from './contour';
import { drawnOutput, oneNumber } from './prediction';

type Pen = CanvasRenderingContext2D;

/** Outputs that have a line of their own: all of them, but of two classes one says what the other does. */
export function linesOf(picture: DataPicture): readonly number[] {
  if (oneNumber(picture)) return [drawnOutput(picture)];
  return Array.from({ length: Math.min(picture.outputs, 6) }, (_, n) => n);
}

/** Where the probability of class 1 crosses one half, in the input's own units; none for a regression. */
export function halves(picture: DataPicture, fit: Fit): number[] {
  if (picture.classes.length !== 2 || !oneNumber(picture) || picture.kind !== 'curve') return [];
  const [low, high] = picture.bounds[0] as readonly [number, number];
  const drawn = drawnOutput(picture);
  const values = Array.from({ length: fit.points }, (_, n) => fit.values[n * fit.outputs + drawn] as number);
  return crossings(values, low, high, 0.5);
}

/** The curve of one run; a value that is not a number breaks it. Clipping is the caller's. */
export function drawCurve(on: Pen, view: Viewport, picture: DataPicture, fit: Fit, colour: string, selected: boolean, theme: Theme): void {
  const [low, high] = picture.bounds[0] as readonly [number, number];
  const { points, outputs, values } = fit;
  const far = 4 * view.height; // beyond the plot: canvas need not know how far
  for (const output of linesOf(picture)) {
    on.beginPath();
    let broken = true;
    for (let n = 0; n < points; n++) {
      const value = values[n * outputs + output] as number;
      if (Number.isNaN(value)) {
        broken = true;
        continue;
      }
      const x = toX(view, low + ((high - low) * n) / (points - 1));
      const y = Math.max(view.top - far, Math.min(view.top + view.height + far, toY(view, value)));
      if (broken) on.moveTo(x, y);
      else on.lineTo(x, y);
      broken = false;
    }
    on.lineJoin = 'round';
    on.setLineDash(output > 0 && !oneNumber(picture) ? [6, 2 + 2 * output] : []);
    on.lineWidth = (selected ? 5.5 : 4) * theme.weight;
    on.strokeStyle = theme.panel; // a rim, so that lines over points and each other stay apart
    on.stroke();
    on.lineWidth = (selected ? 3 : 1.75) * theme.weight;
    on.strokeStyle = colour;
    on.stroke();
  }
  on.setLineDash([]);
}

/** Where a curve crosses one half: a plumb line down to the input's axis, and the number there. */
export function drawHalves(on: Pen, view: Viewport, at: readonly number[], colour: string, theme: Theme): void {
  on.beginPath();
  for (const value of at) {
    const x = toX(view, value);
    on.moveTo(x, toY(view, 0.5));
    on.lineTo(x, view.top + view.height);
  }
  on.setLineDash([2, 3]);
  on.lineWidth = 1.5 * theme.weight;
  on.strokeStyle = colour;
  on.stroke();
  on.setLineDash([]);
  on.font = `600 ${12 * theme.letters}px ${theme.font}`;
  on.fillStyle = theme.text;
  on.textBaseline = 'bottom';
  for (const value of at) {
    const x = toX(view, value);
    const left = x > view.left + view.width * 0.7; // where there is room for the number
    on.textAlign = left ? 'right' : 'left';
    on.fillText(short(value), x + (left ? -6 : 6), view.top + view.height - 4);
  }
}

/** One mark a sample: what is true across, what the model says upwards. Hollow where it was not trained on. */
export function drawPredictions(on: Pen, view: Viewport, picture: DataPicture, fit: Fit, colour: string, theme: Theme): void {
  const { outputs, values } = fit;
  const targets = picture.targets.values;
  const radius = (picture.samples.values.length > 150 ? 2.5 : 4) * theme.weight;
  for (const trained of [true, false]) {
    on.beginPath();
    for (let n = 0; n < fit.points; n++) {
      if ((picture.part.values[n] === 0) !== trained) continue;
      for (let output = 0; output < outputs; output++) {
        const x = toX(view, targets[n * outputs + output] as number);
        const y = toY(view, values[n * outputs + output] as number);
        if (!Number.isFinite(y)) continue;
        if (output % 2 === 0) {
          on.moveTo(x + radius, y);
          on.arc(x, y, radius, 0, 2 * Math.PI);
        } else on.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      }
    }
    on.lineWidth = 1.5 * theme.weight;
    on.strokeStyle = trained ? theme.panel : colour;
    on.fillStyle = trained ? colour : theme.panel;
    on.fill();
    on.stroke();
  }
}
