/** Plotly with only the traces that the page draws: the contour map at once, the 3-D surface when first wanted. */
import type PlotlyModule from 'plotly.js/lib/core';
import { preparePlotly } from './plotly-setup';

export type Plotly = typeof PlotlyModule;

let flat: Promise<Plotly> | undefined;
let deep: Promise<Plotly> | undefined;

/** scatter and contour. */
export function loadPlotly(): Promise<Plotly> {
  return (flat ??= (async () => {
    preparePlotly();
    const [core, contour] = await Promise.all([import('plotly.js/lib/core'), import('plotly.js/lib/contour')]);
    core.default.register([contour.default]);
    return core.default;
  })());
}

/** The same with the 3-D surface. */
export function loadPlotly3d(): Promise<Plotly> {
  return (deep ??= (async () => {
    const [plotly, surface] = await Promise.all([loadPlotly(), import('plotly.js/lib/surface')]);
    plotly.register([surface.default]);
    return plotly;
  })());
}

/** No mode bar (so no way to Plotly's cloud), no logo, no double click of its own. */
export const PLOTLY_CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  doubleClick: false,
  showTips: false,
  plotlyServerURL: '',
  responsive: false,
} as const;
