/** Predictions of a fit: the class of an input, or the output that is drawn. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';

/** Whether one output is all there is to draw: the only one, or the probability of class 1 of two. */
export function hasOneOutput({ outputs, classes }: DataPicture): boolean {
  return outputs === 1 || (classes.length === 2 && outputs === 2);
}

/** Index of the output that is drawn. */
export function drawnOutput({ outputs, classes }: DataPicture): number {
  return classes.length === 2 && outputs === 2 ? 1 : 0;
}

/** Predicted class of a point and its probability; class -1 where the outputs are NaN. */
export function classAt(picture: DataPicture, fit: Fit, point: number): { predicted: number; probability: number } {
  const { outputs, values } = fit;
  if (outputs === 1) {
    const value = values[point] as number;
    if (Number.isNaN(value)) return { predicted: -1, probability: value };
    return value > 0.5 ? { predicted: 1, probability: value } : { predicted: 0, probability: 1 - value };
  }
  let [predicted, probability] = [-1, Number.NEGATIVE_INFINITY];
  for (let n = 0; n < picture.classes.length; n++) {
    const value = values[point * outputs + n] as number;
    if (value > probability) [predicted, probability] = [n, value];
  }
  return { predicted, probability };
}
