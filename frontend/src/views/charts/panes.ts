/** The panes of the charts: one Plotly figure whose panes are stacked over one axis of steps. */
import type { Data, Layout } from 'plotly.js/lib/core';
import { niceStep } from '../../render/colours/heights';
import type { Theme } from '../../render/colours/theme-colours';
import { layoutStyle, type Figure, type Size } from '../../render/plot/figure-parts';
import { emptyViewport, type Viewport } from '../../render/viewport/viewport';
import { t } from '../../ui/i18n/i18n.svelte';
import type { AxisRange } from './axis-range';
import type { ChartId, Series } from './series';

/** CSS pixels: left for the tick labels, above each pane for its title, below all for the steps. */
const LEFT = 46;
const RIGHT = 10;
export const TITLE_HEIGHT = 22;
const BOTTOM = 34;
/** CSS pixels between a title and its pane for the key of the lines, where there is one. */
export const KEY_HEIGHT = 15;
/** CSS pixels that a chart needs to be readable, with its title. */
const MIN_HEIGHT = 92;
/** CSS pixels of a tick label, and between two labels at least. */
const TICK_SIZE = 10.5;
const TICK_GAP = 4;
/** Width of a digit relative to the size of the letters. */
const DIGIT = 0.62;

/** One chart on the screen. */
export interface Pane {
  readonly series: Series;
  readonly range: AxisRange;
  readonly view: Viewport;
  /** Whether a key of the lines stands above it. */
  keyed: boolean;
}

export function paneOf(series: Series, range: AxisRange): Pane {
  return { series, range, view: emptyViewport(), keyed: false };
}

/** CSS pixels above a pane: its title, and the key of its lines where there is one. */
export function headOf({ keyed }: Pick<Pane, 'keyed'>, fontScale: number): number {
  return (TITLE_HEIGHT + (keyed ? KEY_HEIGHT : 0)) * fontScale;
}

/** Steps between two ticks on an axis of the given length in CSS pixels, so that labels of a size do not touch. */
export function tickStep(span: number, length: number, size: number, most: number): number {
  return niceStep(span / Math.max(1, Math.min(most, Math.floor(length / (size + TICK_GAP)))));
}

/** Plotly's name of an axis in the layout: yaxis, yaxis2, yaxis3 ... */
export function axisName(n: number): string {
  return n === 0 ? 'yaxis' : `yaxis${n + 1}`;
}

export function paneFigure(panes: readonly Pane[], lastStep: number, theme: Theme, size: Size): Figure {
  const { fontScale } = theme;
  const inner = Math.max(size.height - BOTTOM * fontScale, 40);
  const each = inner / panes.length;
  const tickfont = { size: TICK_SIZE * fontScale, color: theme.muted };
  const width = size.width - LEFT * fontScale - RIGHT;
  const yaxis = (pane: Pane, n: number): object => {
    const { range, series } = pane;
    const height = each - headOf(pane, fontScale);
    const step = tickStep(range.high - range.low, height, TICK_SIZE * fontScale, range.log ? 5 : 6);
    return {
      domain: [Math.max(0, 1 - ((n + 1) * each) / inner), Math.max(0.001, 1 - (n * each + headOf(pane, fontScale)) / inner)],
      range: [range.low, range.high],
      type: range.log ? 'log' : 'linear',
      fixedrange: true,
      zeroline: !range.log && series.signed,
      zerolinecolor: theme.grid,
      zerolinewidth: 1.5,
      gridcolor: theme.grid,
      // Invisible: room for the points at step 0.
      ticks: 'outside',
      ticklen: 5,
      tickcolor: 'rgba(0,0,0,0)',
      exponentformat: 'power',
      ...(range.log
        ? // Plotly writes powers of ten a quarter larger.
          { tickfont: { ...tickfont, size: 8.5 * fontScale }, dtick: Math.max(1, Math.ceil(step)) }
        : { tickfont, dtick: step, tickformat: '.4~g' }),
    };
  };
  const labelWidth = String(lastStep).length * DIGIT * TICK_SIZE * fontScale;
  const layout = {
    ...layoutStyle(theme, size),
    // The last label stands half beyond the plot.
    margin: { l: LEFT * fontScale, r: Math.max(RIGHT, Math.ceil(labelWidth / 2)), t: 0, b: BOTTOM * fontScale },
    hovermode: false,
    dragmode: false,
    xaxis: {
      range: [0, lastStep],
      anchor: panes.length === 1 ? 'y' : `y${panes.length}`,
      fixedrange: true,
      zeroline: false,
      gridcolor: theme.grid,
      tickfont,
      tickangle: 0,
      dtick: Math.max(1, tickStep(lastStep, width, labelWidth, 6)),
      tickformat: 'd',
      title: { text: t('charts.step'), standoff: 2, font: { size: 11 * fontScale, color: theme.muted } },
    },
    ...Object.fromEntries(panes.map((pane, n) => [axisName(n), yaxis(pane, n)])),
  };
  // Plotly draws an axis only where a trace has it.
  const data = panes.map((_, n) => ({
    type: 'scatter', mode: 'lines', x: [0], y: [null], xaxis: 'x', yaxis: n === 0 ? 'y' : `y${n + 1}`, hoverinfo: 'skip',
  }));
  return { data: data as Data[], layout: layout as unknown as Partial<Layout> };
}

const TABS: readonly (readonly ChartId[])[] = [
  ['loss', 'accuracy', 'lr', 'gradNorm'],
  ['params', 'grads', 'curvature'],
];

/** The charts to show in a height: all available ones if they fit, else as many of a tab as do, at least one. */
export function chartsToShow(height: number, tab: number, available: ReadonlySet<ChartId>, fontScale = 1): readonly ChartId[] {
  const all = TABS.flat().filter((id) => available.has(id));
  const fitting = Math.max(1, Math.floor((height / fontScale - BOTTOM) / MIN_HEIGHT));
  return all.length <= fitting ? all : (TABS[tab] ?? all).filter((id) => available.has(id)).slice(0, fitting);
}
