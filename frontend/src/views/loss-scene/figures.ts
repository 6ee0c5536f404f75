/** The Plotly figures of the loss: the map of two parameters and the curve of one. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import type { Grid } from '../../core/session/types';
import { heightsOf, linspace, type Heights } from '../../render/colours/heights';
import type { Theme } from '../../render/colours/theme-colours';
import { axisStyle, axisTitle, contourAnnotations, contourTrace, layoutStyle, type Figure, type Size } from '../../render/plot/figure-parts';
import { UNIT } from '../../render/viewport/viewport';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { withGaps, withHoles } from './poles';

/** What x and y show, in axis units. */
export type Ranges = [[number, number], [number, number]];

/** What both figures show. grid: null until it has come; logarithmic: the curve's loss axis. */
export interface LossPlot {
  readonly scene: Scene;
  readonly grid: Grid | null;
  readonly points: readonly CriticalPoint[];
  readonly ranges: Ranges;
  readonly logarithmic: boolean;
}

export function mapFigure(plot: LossPlot, theme: Theme, size: Size): Figure {
  const { scene, grid, points, ranges } = plot;
  const [x = 'x', y = 'y'] = scene.names;
  const heights = mapHeights(plot);
  if (!grid || !heights) return { data: [pointsTrace(plot)], layout: layoutOf(plot, theme, size) };
  const free = points.map(({ at: [u = Number.NaN, v = Number.NaN] }) => [u, v] as const);
  const annotations = contourAnnotations(grid, heights, ranges, free, theme, size);
  return { data: [contourTrace(grid, heights, [x, y, 'f'], theme), pointsTrace(plot)], layout: { ...layoutOf(plot, theme, size), annotations } };
}

/** Of the map's losses; null until they have come. */
export function mapHeights({ scene, grid }: Pick<LossPlot, 'scene' | 'grid'>): Heights | null {
  return grid && heightsOf(withHoles(grid).z, scene.log_height ? 'log' : 'root', floorOf(scene));
}

/** The losses at the ends of the map's colours: from the lowest one in the view, which a grid rarely hits. */
export function heightEnds(scene: Scene, grid: Grid, points: readonly CriticalPoint[]): { readonly low: number; readonly high: number } | null {
  const heights = mapHeights({ scene, grid });
  if (!heights) return null;
  const seen = points.filter(({ at }) => at.every((value, i) => value >= (grid.bounds[i]?.[0] ?? value) && value <= (grid.bounds[i]?.[1] ?? value)));
  return { low: Math.min(heights.lossOf(heights.low), ...seen.map(({ value }) => value)), high: heights.lossOf(heights.high) };
}

export function curveFigure(plot: LossPlot, theme: Theme, size: Size): Figure {
  const { scene, grid, logarithmic } = plot;
  const curve: Data | null = grid && {
    type: 'scatter',
    mode: 'lines',
    x: linspace(...(grid.bounds[0] ?? UNIT), grid.nx),
    y: withGaps(Array.from(grid.z, (value) => (Number.isFinite(value) && (!logarithmic || value > 0) ? value : Number.NaN))),
    line: { color: theme.muted, width: 2 },
    hovertemplate: `${scene.names[0]} %{x:.4~g}<br>f %{y:.4~g}<extra></extra>`,
  };
  return { data: [...(curve ? [curve] : []), pointsTrace(plot)], layout: layoutOf(plot, theme, size) };
}

/**
 * The range of the loss axis that shows all finite values of a curve with a margin, in axis units; without the last of them
 * where they grow beyond all others, as near a pole.
 */
export function curveRange(grid: Grid, logarithmic: boolean): [number, number] {
  const values = Array.from(grid.z, (loss) => (logarithmic ? Math.log10(loss) : loss)).filter(Number.isFinite);
  if (values.length === 0) return [0, 1];
  values.sort((a, b) => a - b);
  const [p0, p4, p96, p100] = [0, 0.04, 0.96, 1].map((share) => values[Math.round(share * (values.length - 1))] as number) as [number, number, number, number];
  const middle = logarithmic ? Number.POSITIVE_INFINITY : p96 - p4;
  const [low, high] = [p0 < p4 - 2 * middle ? p4 : p0, p100 > p96 + 2 * middle ? p96 : p100];
  const pad = (high - low || 1) * 0.07;
  return [low - pad, high + pad];
}

/** The lowest known loss of a problem that has one. */
export function floorOf(scene: Scene): number | null {
  if (!scene.bounded || scene.points.length === 0) return null;
  return Math.min(...scene.points.map((point) => point.value));
}

/** Kind, coordinates and value of a critical point. */
export function pointWords({ kind, at, value }: CriticalPoint, names: readonly string[]): string[] {
  const number = (of: number): string => formatNumber(of, 4);
  return [t(`kind.${kind}`), ...at.map((coordinate, i) => `${names[i] ?? ''} = ${number(coordinate)}`), `f = ${number(value)}`];
}

/** Invisible: it gives the critical points their hover text. A canvas draws them, above the paths. */
function pointsTrace({ scene, points, logarithmic }: LossPlot): Data {
  const curve = scene.dim === 1;
  const drawn = points.filter((point) => !(curve && logarithmic) || point.value > 0);
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'critical points',
    x: drawn.map((point) => point.at[0] ?? Number.NaN),
    y: drawn.map((point) => (curve ? point.value : point.at[1]) ?? Number.NaN),
    text: drawn.map((point) => pointWords(point, scene.names).join('<br>')),
    hovertemplate: '%{text}<extra></extra>',
    marker: { size: 14, opacity: 0 },
    cliponaxis: true,
  };
}

function layoutOf({ scene, ranges, logarithmic }: LossPlot, theme: Theme, size: Size): Partial<Layout> {
  const [x = 'x', y = 'y'] = scene.names;
  return {
    ...layoutStyle(theme, size),
    dragmode: 'pan',
    xaxis: { ...axisStyle(theme), range: ranges[0], title: axisTitle(x, theme) },
    yaxis: {
      ...axisStyle(theme),
      range: ranges[1],
      type: scene.dim === 1 && logarithmic ? 'log' : 'linear',
      exponentformat: 'power',
      title: axisTitle(scene.dim === 1 ? 'f' : y, theme),
    },
  };
}
