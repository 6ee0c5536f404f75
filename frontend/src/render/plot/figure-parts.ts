/** Parts of Plotly figures that several plots share. */
import type { Annotation, Data, Layout } from 'plotly.js/lib/core';
import { formatNumber } from '../../ui/i18n/numbers';
import { linspace, toRows, type Heights } from '../colours/heights';
import type { Theme } from '../colours/theme-colours';
import { UNIT, type Interval } from '../viewport/viewport';
import { contourLabels, type LabelledMap } from './contour-labels';

export interface Figure {
  readonly data: Data[];
  readonly layout: Partial<Layout>;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Losses on a grid: z[iy * nx + ix]. */
interface LossGrid {
  readonly bounds: readonly Interval[];
  readonly nx: number;
  readonly ny: number;
  readonly z: Float32Array;
}

/** A sequential colour scale. */
export function colourscale(colours: readonly string[]): [number, string][] {
  return colours.map((colour, n) => [n / (colours.length - 1), colour]);
}

export function contourLevels({ low, high, size }: Heights): { start: number; end: number; size: number } {
  return { start: Math.ceil(low / size) * size, end: high, size };
}

/** Filled contours of a loss. names: of x, y and the loss, for the hover text, which gives the loss itself. */
export function contourTrace(grid: LossGrid, heights: Heights, [x, y, loss]: readonly [string, string, string], theme: Theme): Data {
  const { nx, ny } = grid;
  const [bx = UNIT, by = UNIT] = grid.bounds;
  return {
    type: 'contour',
    x: linspace(...bx, nx),
    y: linspace(...by, ny),
    z: toRows(heights.z, nx, ny) as number[][],
    text: toRows(grid.z, nx, ny).map((row) => row.map((value) => formatNumber(value ?? Number.NaN, 4))) as unknown as string[],
    hovertemplate: `${x} %{x:.4~g}  ${y} %{y:.4~g}<br>${loss} %{text}<extra></extra>`,
    zmin: heights.low,
    zmax: heights.high,
    zauto: false,
    autocontour: false,
    contours: { ...contourLevels(heights), coloring: 'fill' },
    line: { width: 1, color: theme.contour, smoothing: 0.6 },
    colorscale: colourscale(theme.heights),
    showscale: false,
  };
}

/** The losses on the contour lines. free: places that no label may cover, in axis units. */
export function contourAnnotations(
  grid: LossGrid, heights: Heights, ranges: readonly [Interval, Interval], free: LabelledMap['free'], theme: Theme, size: Size,
): Partial<Annotation>[] {
  const { l, r, t, b } = marginsOf(theme);
  const { bounds, nx, ny } = grid;
  const [width, height] = [size.width - l - r, size.height - t - b];
  return contourLabels({ heights, bounds, nx, ny, ranges, width, height, free }).map(({ x, y, text, angle }) => ({
    x, y, text, textangle: angle, showarrow: false, borderpad: 0,
    bgcolor: theme.labelGround, font: { size: 10 * theme.fontScale, color: theme.muted },
  }));
}

/** Room for the axis titles and tick labels, CSS pixels. */
export function marginsOf({ fontScale }: Theme): { l: number; r: number; t: number; b: number } {
  return { l: 44 * fontScale, r: 10, t: 10, b: 36 * fontScale };
}

export function axisStyle(theme: Theme) {
  return {
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: 'outside' as const,
    ticklen: 4,
    tickcolor: theme.grid,
    tickfont: { size: 11 * theme.fontScale, color: theme.muted },
    nticks: 7,
  };
}

export function axisTitle(text: string, theme: Theme) {
  return { text: escapeHtml(text), standoff: 4, font: { size: 12 * theme.fontScale, color: theme.muted } };
}

/** What every layout has. */
export function layoutStyle(theme: Theme, size: Size): Partial<Layout> {
  return {
    ...size,
    autosize: false,
    margin: marginsOf(theme),
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, color: theme.text, size: 12 },
    showlegend: false,
    hovermode: 'closest',
    hoverdistance: 12,
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.grid, font: { color: theme.text, family: theme.font, size: 12 } },
  };
}

/** Plotly reads its text as a subset of HTML; names come from files that a person uploads. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
