/** The Plotly figure of the loss surface in 3-D. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { Scene } from '../../core/protocol/wire';
import type { Grid } from '../../core/session/types';
import { linspace, toRows, type Heights } from '../../render/colours/heights';
import type { Theme } from '../../render/colours/theme-colours';
import { colourscale, type Figure, type Size } from '../../render/plot/figure-parts';
import { UNIT, type Interval } from '../../render/viewport/viewport';
import { formatNumber } from '../../ui/i18n/numbers';

export interface Eye {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export function cameraFrom(eye: Eye) {
  return { eye, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.16 } };
}

/** losses: of the height axis's ticks. */
export function surfaceFigure(
  scene: Scene, grid: Grid, heights: Heights, losses: readonly number[], theme: Theme, eye: Eye, size: Size,
): Figure {
  const [bx = UNIT, by = UNIT] = grid.bounds;
  const [x = 'x', y = 'y'] = scene.names;
  const axis = (text: string, [low, high]: Interval): object => ({
    title: { text, font: { size: 12 * theme.fontScale, color: theme.muted } },
    range: [low, high],
    showbackground: false,
    gridcolor: theme.grid,
    zeroline: false,
    showspikes: false,
    nticks: 5,
    tickfont: { size: 10.5 * theme.fontScale, color: theme.muted },
  });
  const surface = {
    type: 'surface',
    x: linspace(...bx, grid.nx),
    y: linspace(...by, grid.ny),
    z: toRows(heights.z, grid.nx, grid.ny),
    // Plotly would draw the surface a second time after each turn of the camera and read it back.
    hoverinfo: 'skip',
    cmin: heights.low,
    cmax: heights.high,
    colorscale: colourscale(theme.relief),
    showscale: false,
    opacity: 1,
    lighting: { ambient: 0.75, diffuse: theme.dark ? 0.6 : 0.4, specular: 0.03, roughness: 0.9, fresnel: 0.05 },
    contours: { x: { highlight: false }, y: { highlight: false }, z: { highlight: false } },
  };
  const layout = {
    ...size,
    autosize: false,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, color: theme.text, size: 12 },
    showlegend: false,
    scene: {
      dragmode: 'turntable',
      hovermode: false,
      aspectmode: 'manual',
      aspectratio: { x: 1, y: 1, z: 0.6 },
      camera: cameraFrom(eye),
      xaxis: axis(x, bx),
      yaxis: axis(y, by),
      zaxis: {
        ...axis('f', [heights.low, heights.high]),
        tickmode: 'array',
        tickvals: losses.map(heights.heightOf),
        ticktext: losses.map((loss) => formatNumber(loss)),
      },
    },
  };
  return { data: [surface as unknown as Data], layout: layout as unknown as Partial<Layout> };
}
