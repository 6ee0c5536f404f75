/** Plotly with only the traces that the page draws; the 3-D surface is loaded when it is first needed. */
import type PlotlyModule from 'plotly.js/lib/core';
import { preparePlotly } from './plotly-setup';

export type Plotly = typeof PlotlyModule;

let plotly2d: Promise<Plotly> | undefined;
let plotly3d: Promise<Plotly> | undefined;

/** With the traces scatter and contour. */
export function loadPlotly(): Promise<Plotly> {
  return (plotly2d ??= (async () => {
    preparePlotly();
    const [core, contour] = await Promise.all([import('plotly.js/lib/core'), import('plotly.js/lib/contour')]);
    core.default.register([contour.default]);
    return core.default;
  })());
}

/** With the trace surface as well. */
export function loadPlotly3d(): Promise<Plotly> {
  return (plotly3d ??= (async () => {
    const [plotly, surface] = await Promise.all([loadPlotly(), import('plotly.js/lib/surface')]);
    plotly.register([surface.default]);
    return plotly;
  })());
}

/** No mode bar (and so no link to Plotly's cloud), no logo, no double click. */
export const PLOTLY_CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  doubleClick: false,
  showTips: false,
  plotlyServerURL: '',
  responsive: false,
} as const;
