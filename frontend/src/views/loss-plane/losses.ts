/** The loss along the paths as two small lines each: the true one, and the one at the nearest point of the plane. */
import type { PlaneAnswer } from '../../core/protocol/wire';

export interface LossLine {
  readonly run: number;
  /** SVG path data, in a box of the given size. */
  readonly real: string;
  readonly onPlane: string;
}

/** Steps run from left to right, 0 to the plane's step; losses are logarithmic where all of them are above 0. */
export function lossLines(plane: PlaneAnswer, width: number, height: number): LossLine[] {
  const all = plane.paths.flatMap(({ loss, on_plane }) => [...loss.values, ...on_plane.values]).filter(Number.isFinite);
  const scale = all.every((value) => value > 0) ? Math.log10 : (value: number): number => value;
  const [low, high] = [Math.min(...all.map(scale)), Math.max(...all.map(scale))];
  const x = (step: number): string => ((step / Math.max(plane.step, 1)) * width).toFixed(1);
  const y = (value: number): string => (height - ((scale(value) - low) / (high - low || 1)) * height).toFixed(1);
  const line = (steps: ArrayLike<number>, values: ArrayLike<number>): string => {
    const points = Array.from(values, (value, n) => (Number.isFinite(value) ? `${x(steps[n] as number)} ${y(value)}` : ''));
    return points.some(Boolean) ? `M${points.filter(Boolean).join('L')}` : '';
  };
  return plane.paths.map(({ run, steps, loss, on_plane }) => ({
    run,
    real: line(steps.values, loss.values),
    onPlane: line(steps.values, on_plane.values),
  }));
}
