/** The plots of the column: one Plotly graph whose panes lie one above the other over one axis of steps. */
import type { Data, Layout } from 'plotly.js/lib/core';
import { niceStep } from '../../render/colours/heights';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport, type Viewport } from '../../render/viewport/viewport';
import { translate } from '../../ui/i18n/translate';
import type { AxisRange } from './axis-range';
import type { ChartId, Series } from './series';

/** Pixels: left for the tick labels, above each pane for its title, below all for the steps. */
const LEFT = 46;
const RIGHT = 10;
export const TITLE = 22;
const BOTTOM = 34;

/** One chart on the screen. */
export interface Pane {
  readonly series: Series;
  range: AxisRange;
  readonly view: Viewport;
}

export function paneOf(series: Series, range: AxisRange): Pane {
  return { series, range, view: emptyViewport() };
}

/** yaxis, yaxis2, yaxis3 ... */
export function axisName(n: number): string {
  return n === 0 ? 'yaxis' : `yaxis${n + 1}`;
}

export function paneFigure(
  panes: readonly Pane[], lastStep: number, width: number, height: number, theme: Theme,
): { data: Data[]; layout: Partial<Layout> } {
  const big = theme.letters;
  const inner = Math.max(height - BOTTOM * big, 40);
  const each = inner / panes.length;
  const tick = { size: 10.5 * big, color: theme.muted };
  const axes: Record<string, unknown> = {};
  panes.forEach((pane, n) => {
    const { range } = pane;
    const decades = range.high - range.low;
    axes[axisName(n)] = {
      domain: [Math.max(0, 1 - ((n + 1) * each) / inner), Math.max(0.001, 1 - (n * each + TITLE * big) / inner)],
      range: [range.low, range.high],
      type: range.log ? 'log' : 'linear',
      fixedrange: true,
      zeroline: !range.log && pane.series.signed,
      zerolinecolor: theme.grid,
      zerolinewidth: 1.5,
      gridcolor: theme.grid,
      // Room for the points that stand on step 0.
      ticks: 'outside',
      ticklen: 5,
      tickcolor: 'rgba(0,0,0,0)',
      // Plotly writes powers of ten a quarter larger.
      tickfont: range.log ? { ...tick, size: 8.5 * big } : tick,
      exponentformat: 'power',
      ...(range.log
        ? { dtick: Math.max(1, Math.ceil(decades / (each > 130 ? 5 : 3))) }
        : { dtick: niceStep((range.high - range.low) / (each > 130 ? 6 : 4)), tickformat: '.4~g' }),
    };
  });
  return {
    data: panes.map((_, n) => ({
      type: 'scatter', mode: 'lines', x: [0], y: [null], xaxis: 'x', yaxis: n === 0 ? 'y' : `y${n + 1}`, hoverinfo: 'skip',
    })) as Data[],
    layout: {
      width, height, autosize: false,
      margin: { l: LEFT * big, r: RIGHT, t: 0, b: BOTTOM * big },
      paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
      font: { family: theme.font, color: theme.text, size: 11 },
      showlegend: false, hovermode: false, dragmode: false,
      xaxis: {
        range: [0, lastStep], anchor: (panes.length === 1 ? 'y' : `y${panes.length}`) as 'y', fixedrange: true,
        zeroline: false, gridcolor: theme.grid, tickfont: tick, nticks: 6, tickformat: 'd',
        title: { text: translate('charts.step'), standoff: 2, font: { size: 11 * big, color: theme.muted } },
      },
      ...axes,
    } as Partial<Layout>,
  };
}

/** Which charts fit: all, or those of one tab. */
export const TABS: readonly (readonly ChartId[])[] = [
  ['loss', 'accuracy', 'lr', 'gradNorm'],
  ['params', 'grads', 'curvature'],
];
/** Pixels that a chart needs to be read, its title included. */
export const LEAST = 92;

/** there: the charts that there is something to be seen on. */
export function shownIn(height: number, tab: number, there: ReadonlySet<ChartId>): readonly ChartId[] {
  const all = TABS.flat().filter((id) => there.has(id));
  if (height >= all.length * LEAST + BOTTOM) return all;
  // Where not even a tab's fit, as many as do: one that can be read rather than two that cannot.
  return (TABS[tab] ?? all).filter((id) => there.has(id)).slice(0, Math.max(1, Math.floor((height - BOTTOM) / LEAST)));
}
