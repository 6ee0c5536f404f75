// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import type { Theme } from '../../render/colours/theme-colours';
import { AxisRange } from './axis-range';
import { chartsToShow, headOf, paneFigure, paneOf, tickStep } from './panes';
import { SERIES, type ChartId } from './series';

const theme = { runs: [], text: '#000', panel: '#fff', muted: '#888', grid: '#eee', font: 'sans', strokeScale: 1, fontScale: 1 } as unknown as Theme;

interface Axis {
  domain: [number, number];
  range: [number, number];
  dtick: number;
  tickfont: { size: number };
}

/** Of two charts in a figure of the given size. */
function axes(height: number, fontScale: number, keyed: boolean, lastStep = 100): { y: Axis[]; x: Axis; inner: number; width: number } {
  const panes = (['loss', 'accuracy'] as const).map((id) => {
    const series = SERIES.find((one) => one.id === id) as (typeof SERIES)[number];
    const pane = paneOf(series, new AxisRange(id === 'loss', series.signed, series.most));
    for (const value of [0.001, 0.3, 1]) pane.range.add(value, true);
    pane.keyed = keyed;
    return pane;
  });
  const { layout } = paneFigure(panes, lastStep, { ...theme, fontScale }, { width: 288, height });
  const given = layout as unknown as { yaxis: Axis; yaxis2: Axis; xaxis: Axis; margin: { l: number; r: number; b: number } };
  return { y: [given.yaxis, given.yaxis2], x: given.xaxis, inner: height - given.margin.b, width: 288 - given.margin.l - given.margin.r };
}

describe('the ticks', () => {
  it.each([[240, 1], [400, 1], [900, 1], [330, 1.5], [700, 1.5]])('of a figure %i high with letters × %d do not touch', (height, fontScale) => {
    for (const keyed of [false, true]) {
      const { y, inner } = axes(height, fontScale, keyed);
      for (const { domain, range, dtick, tickfont } of y) {
        const pixels = (domain[1] - domain[0]) * inner * (dtick / (range[1] - range[0]));
        expect(pixels).toBeGreaterThanOrEqual(tickfont.size + 2);
      }
    }
  });

  it.each([100, 5000, 200_000, 10_000_000])('of %i steps do not touch', (last) => {
    const { x, width } = axes(400, 1, false, last);
    expect((x.dtick / last) * width).toBeGreaterThanOrEqual(String(last).length * 6 + 3);
  });

  it('are at round numbers', () => {
    expect(tickStep(1, 60, 10, 6)).toBe(0.25);
    expect(tickStep(1, 600, 10, 6)).toBe(0.2);
  });
});

describe('the accuracy', () => {
  it('has an axis that ends at 1', () => {
    expect(axes(400, 1, false).y[1]?.range).toEqual([0, 1]);
  });
});

describe('a key of parts', () => {
  it('has a line of its own above the pane, so that it covers nothing', () => {
    const [without, withKey] = [false, true].map((keyed) => axes(400, 1, keyed));
    const top = (of: typeof without): number => (1 - (of?.y[1]?.domain[1] ?? 0)) * (of?.inner ?? 0);
    expect(top(withKey) - top(without)).toBeCloseTo(headOf({ keyed: true }, 1) - headOf({ keyed: false }, 1), 6);
    expect(headOf({ keyed: true }, 1) - headOf({ keyed: false }, 1)).toBeGreaterThanOrEqual(14);
  });
});

describe('chartsToShow', () => {
  it('shows fewer where letters are larger', () => {
    const all = new Set<ChartId>(['loss', 'gradNorm', 'params', 'grads', 'curvature']);
    expect(chartsToShow(520, 0, all)).toHaveLength(5);
    expect(chartsToShow(520, 0, all, 1.5).length).toBeLessThan(5);
  });
});
