/** Where the picture and the lines of theory lie in a view. */
import { shareOf, type MapAxes } from './axes';
import type { Picture } from './picture';
import type { Edge } from './theory';

/** Of the picture, as shares of the view; its outermost pixels have their middle on its edges. */
export function rectOf({ sweep }: Pick<Picture, 'sweep'>, axes: MapAxes): { left: number; bottom: number; width: number; height: number } {
  const [x, y] = sweep.axes.map(({ low, high, count }, n) => {
    const [first, last] = [shareOf(axes[n as 0 | 1], low), shareOf(axes[n as 0 | 1], high)];
    const half = (last - first) / (count - 1) / 2;
    return { from: first - half, size: last - first + 2 * half };
  }) as [{ from: number; size: number }, { from: number; size: number }];
  return { left: x.from, bottom: y.from, width: x.size, height: y.size };
}

export interface Curve {
  readonly formula: string;
  /** SVG path data. */
  readonly path: string;
  /** Its last point in view; null: none. */
  readonly label: readonly [number, number] | null;
}

const POINTS = 61;

/** ends: of the plot, from left to right. */
export function curvesOf(
  edges: readonly Edge[], axes: MapAxes, toX: (value: number) => number, toY: (value: number) => number, [left, right]: readonly [number, number],
): Curve[] {
  const [, { low, high }] = axes;
  return edges.map(({ formula, at }) => {
    const points = Array.from({ length: POINTS }, (_, n) => {
      const value = low + (n / (POINTS - 1)) * (high - low);
      return [toX(at(value)), toY(value)] as const;
    });
    const label = points.filter(([x]) => x >= left && x <= right).at(-1) ?? null;
    return { formula, path: `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}`, label };
  });
}
