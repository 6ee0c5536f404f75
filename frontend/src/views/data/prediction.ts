/** What a fit says of one input: its class, or the number that is drawn. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';

/** Two classes or one output: the probability of class 1 is all there is to draw. */
export function oneNumber({ outputs, classes }: DataPicture): boolean {
  return outputs === 1 || (classes.length === 2 && outputs === 2);
}

/** Place among a point's outputs of the number that is drawn. */
export function drawnOutput({ outputs, classes }: DataPicture): number {
  return classes.length === 2 && outputs === 2 ? 1 : 0;
}

/** Class that the fit gives to one of its points, and how probable it says that is; class -1 where it is not a number. */
export function classAt(picture: DataPicture, fit: Fit, point: number): { given: number; probability: number } {
  const { outputs, values } = fit;
  if (outputs === 1) {
    const value = values[point] as number;
    if (Number.isNaN(value)) return { given: -1, probability: value };
    return value > 0.5 ? { given: 1, probability: value } : { given: 0, probability: 1 - value };
  }
  let [given, probability] = [-1, Number.NEGATIVE_INFINITY];
  for (let n = 0; n < picture.classes.length; n++) {
    const value = values[point * outputs + n] as number;
    if (value > probability) [given, probability] = [n, value];
  }
  return { given, probability };
}
