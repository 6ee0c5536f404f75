/** The loss along the paths as two small lines each: the true one, and that of the nearest place on the plane. */
import type { PlaneAnswer } from '../../core/protocol/wire';

export interface LossLine {
  readonly run: number;
  /** SVG path data, in a box of the given size. */
  readonly real: string;
  readonly onPlane: string;
}

/** Logarithmic where all losses are above 0. Steps from left to right, 0 to the plane's step. */
export function lossLines(plane: PlaneAnswer, width: number, height: number): LossLine[] {
  const all = plane.paths.flatMap(({ loss, on_plane }) => [...loss.values, ...on_plane.values]).filter(Number.isFinite);
  const log = all.length > 0 && all.every((value) => value > 0);
  const scale = (value: number): number => (log ? Math.log10(value) : value);
  const low = Math.min(...all.map(scale));
  const high = Math.max(...all.map(scale));
  const x = (step: number): number => (step / Math.max(plane.step, 1)) * width;
  const y = (value: number): number => height - ((scale(value) - low) / (high - low || 1)) * height;
  const line = (steps: ArrayLike<number>, values: ArrayLike<number>): string => {
    let data = '';
    for (let n = 0; n < steps.length; n++) {
      const value = values[n] as number;
      if (!Number.isFinite(value)) continue;
      data += `${data ? 'L' : 'M'}${x(steps[n] as number).toFixed(1)} ${y(value).toFixed(1)}`;
    }
    return data;
  };
  return plane.paths.map(({ run, steps, loss, on_plane }) => ({
    run,
    real: line(steps.values, loss.values),
    onPlane: line(steps.values, on_plane.values),
  }));
}
