/** What Plotly is given for the surface in three dimensions. */
import type { Data, Layout } from 'plotly.js/lib/core';
import type { Scene } from '../../core/protocol/wire';
import type { Grid } from '../../core/session/types';
import { rows, spaced, type Heights } from '../../render/colours/heights';
import { colourscale, type Theme } from '../../render/colours/theme-colours';

export function surfaceFigure(
  scene: Scene, grid: Grid, heights: Heights, theme: Theme, eye: { x: number; y: number; z: number },
  width: number, height: number,
): { data: Data[]; layout: Partial<Layout> } {
  const [bx, by] = [grid.bounds[0] ?? [0, 1], grid.bounds[1] ?? [0, 1]];
  const [x = 'x', y = 'y'] = scene.names;
  const axis = {
    showbackground: false,
    gridcolor: theme.grid,
    zeroline: false,
    showspikes: false,
    nticks: 5,
    tickfont: { size: 10.5 * theme.letters, color: theme.muted },
  };
  const title = (text: string): object => ({ text, font: { size: 12 * theme.letters, color: theme.muted } });
  const line = theme.dark ? '#7d93a6' : '#7f96a9';
  return {
    data: [
      {
        type: 'surface',
        x: spaced(bx[0], bx[1], grid.nx),
        y: spaced(by[0], by[1], grid.ny),
        z: rows(heights.z, grid.nx, grid.ny),
        hoverinfo: 'skip',
        cmin: heights.low,
        cmax: heights.high,
        colorscale: colourscale(theme.heights),
        showscale: false,
        opacity: 1,
        lighting: { ambient: 0.8, diffuse: 0.35, specular: 0.03, roughness: 0.9, fresnel: 0.05 },
        contours: {
          x: { highlight: false },
          y: { highlight: false },
          z: {
            show: true, highlight: false, color: line, width: 1,
            start: Math.ceil(heights.low / heights.size) * heights.size, end: heights.high, size: heights.size,
          },
        },
      } as unknown as Data,
    ],
    layout: {
      width, height, autosize: false,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: 'rgba(0,0,0,0)',
      font: { family: theme.font, color: theme.text, size: 12 },
      showlegend: false,
      scene: {
        dragmode: 'turntable',
        hovermode: false,
        aspectmode: 'manual',
        aspectratio: { x: 1, y: 1, z: 0.6 },
        camera: { eye, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.1 } },
        xaxis: { ...axis, title: title(x), range: [...bx] },
        yaxis: { ...axis, title: title(y), range: [...by] },
        zaxis: {
          ...axis, title: title(scene.log_height ? 'log f' : 'f'), range: [heights.low, heights.high],
          showticklabels: !scene.log_height,
        },
      },
    } as unknown as Partial<Layout>,
  };
}
