// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelMetrics, Track } from '../../core/player/track';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { AxisRange } from './axis-range';
import { ChartCursor } from './cursor';
import { paneOf } from './panes';
import { SERIES } from './series';

const theme = { runs: ['#0068b5', '#c44e00'], text: '#000', panel: '#fff', muted: '#888', font: 'sans', strokeScale: 1, fontScale: 1 } as unknown as Theme;

/** How many runs have a point on the chart of the loss, where the second is a branch that left the first at step 50. */
function points(step: number, visible: boolean[], hover = -1): number {
  const { frame } = fakeSession('ravine', 90, RUNS.slice(0, 2));
  const runs = frame.experiment.runs.map((run, n) => (n === 1 ? { ...run, fork: { run: 0, step: 50 } } : run));
  const forked: DrawState = { ...frame, experiment: { ...frame.experiment, runs }, head: step, selected: 0, visible };
  const pane = paneOf(SERIES[0] as (typeof SERIES)[number], new AxisRange(true, true));
  Object.assign(pane.view, { left: 40, top: 20, width: 300, height: 80, x0: 0, x1: 100, y0: -30, y1: 10, yLog: true });
  const drawn = recordingCanvas();
  new ChartCursor(drawn.layer).draw(forked, [pane], { hover, limit: null, preview: { rates: [], isUnknown: () => false } }, theme);
  return drawn.calls.filter(([name]) => name === 'fill').length;
}

describe('the points on the cursor', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class {}));

  it('are a branch’s own from the step at which it leaves', () => {
    const two = points(50, [true, true]);
    expect(two).toBeGreaterThan(0);
    expect(points(49, [true, true])).toBe(two / 2);
    expect(points(80, [true, true], 49)).toBe(two / 2); // where the pointer is, not the play head
  });

  it('are a branch’s on all its way where the run that it left is hidden', () => {
    expect(points(10, [false, true])).toBe(points(80, [false, true]));
    expect(points(10, [false, true])).toBeGreaterThan(0);
  });
});

describe('the key of training, development and test part', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class {}));
  const metrics = { step: 0, losses: [0.5, 0.6, 0.7], accuracy: [0.9, 0.8, 0.7], classes: 0, layers: 0 } as unknown as ModelMetrics;

  it.each([300, 60])('is above the plot, whose width is %i, and covers nothing of it', (width) => {
    const { frame } = fakeSession('ravine', 20, RUNS.slice(0, 1));
    const [track] = frame.recording.tracks;
    const measured = new Proxy(track as Track, {
      get: (of, name) => (name === 'metricsUpTo' ? () => [metrics] : Reflect.get(of, name)),
    });
    const series = SERIES.find(({ id }) => id === 'accuracy') as (typeof SERIES)[number];
    const pane = paneOf(series, new AxisRange(false, false, series.most));
    pane.keyed = true;
    Object.assign(pane.view, { left: 40, top: 60, width, height: 80, x0: 0, x1: 100, y0: 0, y1: 1 });
    const drawn = recordingCanvas();
    const state = { hover: -1, limit: null, preview: { rates: [], isUnknown: () => false } };
    new ChartCursor(drawn.layer).draw({ ...frame, recording: { ...frame.recording, tracks: [measured] }, head: 5 }, [pane], state, theme);
    const texts = drawn.calls.filter(([name]) => name === 'fillText');
    const words = texts.map(([, text]) => String(text));
    expect(words.filter((text) => /^(train|dev|test)/.test(text))).toEqual(
      width === 300 ? ['train 0.9', 'dev 0.8', 'test 0.7'] : ['train', 'dev', 'test'],
    );
    for (const [, , , y] of texts) expect(y).toBeLessThan(58);
    // No filled ground under it: the points and the line of the cursor alone are filled.
    expect(drawn.calls.filter(([name, , y]) => name === 'fillRect' && (y as number) < 60)).toEqual([]);
  });
});

describe('the rates ahead', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class {}));
  const steps = { dtype: '<i4', shape: [4], values: Int32Array.of(1, 20, 60, 100) } as const;
  const lr = { dtype: '<f8', shape: [4], values: Float64Array.of(0.4, 0.3, 0.2, 0.1) } as const;

  function lined(id: string, head: number, visible = true, steps0 = 90): unknown[][] {
    const { frame } = fakeSession('ravine', steps0, RUNS.slice(0, 1));
    const pane = paneOf(SERIES.find((one) => one.id === id) as (typeof SERIES)[number], new AxisRange(false, false));
    Object.assign(pane.view, { left: 40, top: 20, width: 300, height: 80, x0: 0, x1: 100, y0: 0, y1: 1 });
    const drawn = recordingCanvas();
    const preview = { rates: [{ run: 0, steps, lr }], isUnknown: () => false };
    new ChartCursor(drawn.layer).draw({ ...frame, head, visible: [visible], selected: 0 }, [pane], { hover: -1, limit: null, preview }, theme);
    return drawn.calls.filter(([name]) => name === 'moveTo' || name === 'lineTo').map(([, ...at]) => at);
  }

  it('are drawn from the play head on, on the chart of the rate alone', () => {
    expect(lined('lr', 10)).toEqual([[100, 76], [220, 84], [340, 92]]);
    expect(lined('loss', 10)).toEqual([]);
  });

  it('are not drawn of a run that is hidden or has ended', () => {
    expect(lined('lr', 10, false)).toEqual([]);
    expect(lined('lr', 95)).toEqual([]);
  });
});
