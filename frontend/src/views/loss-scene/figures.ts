/** What Plotly is given: the map of two parameters and the curve of one, as data and layout. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import type { Grid } from '../../core/session/types';
import { heightsOf, rows, spaced } from '../../render/colours/heights';
import { colourscale, type Theme } from '../../render/colours/theme-colours';
import { translate } from '../../ui/i18n/translate';

export type Ranges = [[number, number], [number, number]];

/** A number as a person reads it: four figures, an exponent when far from one. */
export function short(value: number, digits = 4): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2).replace('e+', 'e') : String(Number(value.toPrecision(digits)));
  return text.replace(/-/g, '−');
}

export function mapFigure(scene: Scene, grid: Grid | null, points: readonly CriticalPoint[], ranges: Ranges, theme: Theme): { data: Data[]; layout: Partial<Layout> } {
  const data: Data[] = [];
  if (grid) {
    const [bx, by] = [grid.bounds[0] ?? [0, 1], grid.bounds[1] ?? [0, 1]];
    const heights = heightsOf(grid.z, scene.log_height ? 'log' : 'root', floorOf(scene));
    const text = rows(grid.z, grid.nx, grid.ny).map((row) => row.map((value) => (value === null ? 'NaN' : short(value))));
    data.push({
      type: 'contour',
      x: spaced(bx[0], bx[1], grid.nx),
      y: spaced(by[0], by[1], grid.ny),
      z: rows(heights.z, grid.nx, grid.ny) as number[][],
      text: text as unknown as string[],
      hovertemplate: `${scene.names[0]} %{x:.4~g}  ${scene.names[1]} %{y:.4~g}<br>f %{text}<extra></extra>`,
      zmin: heights.low,
      zmax: heights.high,
      zauto: false,
      autocontour: false,
      contours: {
        start: Math.ceil(heights.low / heights.size) * heights.size,
        end: heights.high,
        size: heights.size,
        coloring: 'fill',
      },
      line: { width: 1, color: theme.contour, smoothing: 0.6 },
      colorscale: colourscale(theme.heights),
      showscale: false,
    });
  }
  data.push(pointsTrace(scene, points, false));
  return { data, layout: layoutOf(scene, ranges, theme, false) };
}

export function curveFigure(scene: Scene, grid: Grid | null, points: readonly CriticalPoint[], ranges: Ranges, theme: Theme, log: boolean): { data: Data[]; layout: Partial<Layout> } {
  const data: Data[] = [];
  if (grid) {
    const [low, high] = grid.bounds[0] ?? [0, 1];
    data.push({
      type: 'scatter',
      mode: 'lines',
      x: spaced(low, high, grid.nx),
      y: Array.from(grid.z, (value) => (Number.isFinite(value) && (!log || value > 0) ? value : Number.NaN)),
      line: { color: theme.muted, width: 2 },
      hovertemplate: `${scene.names[0]} %{x:.4~g}<br>f %{y:.4~g}<extra></extra>`,
    });
  }
  data.push(pointsTrace(scene, points, log));
  return { data, layout: layoutOf(scene, ranges, theme, log) };
}

/** The height of the axis that shows a curve whole: its finite values with a margin, in axis units. */
export function curveRange(grid: Grid, log: boolean): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const raw of grid.z) {
    const value = log ? (raw > 0 ? Math.log10(raw) : Number.NaN) : raw;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return [0, 1];
  const pad = (high - low || 1) * 0.07;
  return [low - pad, high + pad];
}

export function floorOf(scene: Scene): number | null {
  if (!scene.bounded || scene.points.length === 0) return null;
  return Math.min(...scene.points.map((point) => point.value));
}

/** Kind, place and value of a critical point, a part a line. */
export function pointWords({ kind, at, value }: CriticalPoint, names: readonly string[]): string[] {
  return [translate(`kind.${kind}`), ...at.map((one, i) => `${names[i] ?? ''} = ${short(one)}`), `f = ${short(value)}`];
}

/** Where the pointer finds the critical points; they are drawn above the paths' canvas, by critical-point-markers.ts. */
function pointsTrace(scene: Scene, points: readonly CriticalPoint[], log: boolean): Data {
  const curve = scene.dim === 1;
  const drawn = points.filter((point) => !(curve && log) || point.value > 0);
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

/** Room for the axes' words, CSS pixels. */
export function marginsOf({ letters }: Theme): { l: number; r: number; t: number; b: number } {
  return { l: 44 * letters, r: 10, t: 10, b: 36 * letters };
}

function layoutOf(scene: Scene, ranges: Ranges, theme: Theme, log: boolean): Partial<Layout> {
  const axis = {
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: 'outside' as const,
    ticklen: 4,
    tickcolor: theme.grid,
    tickfont: { size: 11 * theme.letters, color: theme.muted },
    nticks: 7,
    fixedrange: false,
  };
  return {
    autosize: false,
    margin: marginsOf(theme),
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, color: theme.text, size: 12 },
    showlegend: false,
    hovermode: 'closest',
    hoverdistance: 12,
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.grid, font: { color: theme.text, family: theme.font, size: 12 } },
    dragmode: 'pan',
    xaxis: { ...axis, range: ranges[0], title: { text: scene.names[0] ?? 'x', standoff: 4, font: { size: 12 * theme.letters, color: theme.muted } } },
    yaxis: {
      ...axis,
      range: ranges[1],
      type: log ? 'log' : 'linear',
      exponentformat: 'power',
      title: { text: scene.dim === 1 ? 'f' : (scene.names[1] ?? 'y'), standoff: 4, font: { size: 12 * theme.letters, color: theme.muted } },
    },
  };
}
