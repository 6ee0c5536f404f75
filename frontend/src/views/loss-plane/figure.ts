/** The Plotly figure of a plane through parameter space: contours of the loss over the plane's two directions. */
import type { PlaneAnswer } from '../../core/protocol/wire';
import { heightsOf } from '../../render/colours/heights';
import type { Theme } from '../../render/colours/theme-colours';
import { axisStyle, axisTitle, contourAnnotations, contourTrace, layoutStyle, marginsOf, type Figure, type Size } from '../../render/plot/figure-parts';
import { UNIT, type Interval } from '../../render/viewport/viewport';
import { t } from '../../ui/i18n/i18n.svelte';

/** CSS pixels for the title of the second axis beside its tick labels, such as -0.005: a plane may be of any size. */
const LEFT = 62;

/** A share as a percentage: `92.8 %`, `99.98 %` near the whole, `< 0.01 %` near nothing. With no-break spaces. */
export function percentage(share: number): string {
  const value = Math.min(Math.max(share, 0), 1) * 100;
  if (value === 0 || value === 100) return `${value}\u00a0%`;
  if (value < 0.01) return '<\u00a00.01\u00a0%';
  if (value > 99.99) return '>\u00a099.99\u00a0%';
  return `${value.toFixed(value >= 99 || value < 1 ? 2 : 1)}\u00a0%`;
}

/** Of all paths together: the share of their variance is computed from so many. */
export function pointCount({ paths }: Pick<PlaneAnswer, 'paths'>): number {
  return paths.reduce((sum, { steps }) => sum + steps.values.length, 0);
}

/** The losses at the ends of the colours. */
export function planeHeights({ z }: PlaneAnswer): { readonly low: number; readonly high: number } {
  const { low, high, lossOf } = heightsOf(z.values as Float32Array, 'log', null);
  return { low: lossOf(low), high: lossOf(high) };
}

export function planeFigure({ z, bounds, shares, paths }: PlaneAnswer, theme: Theme, size: Size): Figure {
  const [ny = 0, nx = 0] = z.shape;
  const [u = UNIT, v = UNIT] = bounds;
  const losses = z.values as Float32Array;
  const axis = (n: number, [low, high]: Interval) => ({
    ...axisStyle(theme),
    nticks: 5,
    fixedrange: true,
    range: [low, high] as [number, number],
    title: axisTitle(t('plane.axis', { n, share: percentage(shares[n - 1] ?? 0) }), theme),
  });
  const grid = { bounds, nx, ny, z: losses };
  const heights = heightsOf(losses, 'log', null);
  const free = paths.flatMap(({ at: { values } }) => [0, values.length - 2].map((n) => [values[n] as number, values[n + 1] as number] as const));
  const annotations = contourAnnotations(grid, heights, [u, v], free, theme, size);
  return {
    data: [contourTrace(grid, heights, ['u', 'v', 'L'], theme)],
    layout: {
      ...layoutStyle(theme, size), margin: { ...marginsOf(theme), l: LEFT * theme.fontScale },
      dragmode: false, xaxis: axis(1, u), yaxis: axis(2, v), annotations,
    },
  };
}
