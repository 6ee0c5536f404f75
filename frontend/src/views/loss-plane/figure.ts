/** The plane as Plotly draws it: the loss on its grid as a contour map, and its two directions as axes. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { PlaneAnswer } from '../../core/protocol/wire';
import { heightsOf, rows, spaced } from '../../render/colours/heights';
import { colourscale, type Theme } from '../../render/colours/theme-colours';
import { t } from '../../ui/i18n/i18n.svelte';
import { marginsOf, short } from '../loss-scene/figures';

/** A part of a whole, as people read it: `92.8 %`, `99.98 %` near the end, `< 0.01 %` near nothing. Unbroken. */
export function percent(share: number): string {
  const value = Math.min(Math.max(share, 0), 1) * 100;
  if (value === 0 || value === 100) return `${value}\u00a0%`;
  if (value < 0.01) return '<\u00a00.01\u00a0%';
  if (value > 99.99) return '>\u00a099.99\u00a0%';
  return `${value.toFixed(value >= 99 || value < 1 ? 2 : 1)}\u00a0%`;
}

export function planeFigure(plane: PlaneAnswer, box: { width: number; height: number }, theme: Theme): { data: Data[]; layout: Partial<Layout> } {
  const [nv = 0, nu = 0] = plane.z.shape;
  const [u = [0, 1], v = [0, 1]] = plane.bounds;
  const losses = plane.z.values as Float32Array;
  const heights = heightsOf(losses, 'log', null);
  const text = rows(losses, nu, nv).map((row) => row.map((value) => (value === null ? 'NaN' : short(value))));
  const data: Data[] = [
    {
      type: 'contour',
      x: spaced(u[0], u[1], nu),
      y: spaced(v[0], v[1], nv),
      z: rows(heights.z, nu, nv) as number[][],
      text: text as unknown as string[],
      hovertemplate: 'u %{x:.4~g}  v %{y:.4~g}<br>L %{text}<extra></extra>',
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
    },
  ];
  const axis = {
    showgrid: false,
    zeroline: false,
    showline: false,
    ticks: 'outside' as const,
    ticklen: 4,
    tickcolor: theme.grid,
    tickfont: { size: 11 * theme.letters, color: theme.muted },
    nticks: 5,
    fixedrange: true,
  };
  const title = (n: number) => ({
    text: t('plane.axis', { n, share: percent(plane.shares[n - 1] ?? 0) }).replaceAll('<', '&lt;'),
    standoff: 4,
    font: { size: 12 * theme.letters, color: theme.muted },
  });
  const layout: Partial<Layout> = {
    autosize: false,
    width: box.width,
    height: box.height,
    margin: marginsOf(theme),
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, color: theme.text, size: 12 },
    showlegend: false,
    hovermode: 'closest',
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.grid, font: { color: theme.text, family: theme.font, size: 12 } },
    dragmode: false,
    xaxis: { ...axis, range: [u[0], u[1]], title: title(1) },
    yaxis: { ...axis, range: [v[0], v[1]], title: title(2) },
  };
  return { data, layout };
}
