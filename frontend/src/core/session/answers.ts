/** Answers of the server as the page uses them. */
import type { Fit } from '../player/track';
import type { EventOf } from '../protocol/wire';
import type { Grid } from './types';

/** Of a `surface` query. */
export function gridOf({ z, bounds }: EventOf<'surface'>): Grid {
  const nx = z.shape.at(-1) ?? 0;
  const ny = z.shape.length > 1 ? (z.shape[0] ?? 0) : 1;
  return { bounds, nx, ny, z: z.values instanceof Float32Array ? z.values : Float32Array.from(z.values) };
}

/** Of a `fit` query at a step. */
export function fitOf({ fit, weights }: EventOf<'fit'>, step: number): Fit {
  const [points = 0, outputs = 0] = fit.shape;
  const values = fit.values as Float32Array;
  return { step, points, outputs, values, weights: weights.values.length > 0 ? weights.values : null };
}
