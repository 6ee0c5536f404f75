// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LASTING_RUNS, RUNS, fakeSession, type FakeRun } from '../../core/session/made-up-session.testing';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas, type RecordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { AxisRange } from './axis-range';
import { ChartLines, toChartY } from './lines';
import { paneOf, type Pane } from './panes';
import { SERIES } from './series';
import type { Limit } from './stability-limit';

const theme = { runs: ['#0068b5', '#c44e00'], text: '#000' } as unknown as Theme;

function lossPane(log: boolean, y0: number, y1: number, steps: number): Pane {
  const pane = paneOf(SERIES[0] as (typeof SERIES)[number], new AxisRange(log, true));
  Object.assign(pane.view, { left: 40, top: 20, width: 300, height: 80, x0: 0, x1: steps, y0, y1, yLog: log });
  return pane;
}

describe('ChartLines', () => {
  let drawn: RecordingCanvas;
  let lines: ChartLines;
  const frameOf = (runs: FakeRun[], steps: number): DrawState => ({ ...fakeSession('ravine', steps, runs).frame, head: steps });

  beforeEach(() => {
    vi.stubGlobal('Path2D', class {
      moveTo(): void {}
      lineTo(): void {}
      closePath(): void {}
    });
    drawn = recordingCanvas();
    lines = new ChartLines(drawn.layer);
  });

  it('adds only what is new, and does not draw everything again when scrubbing back', () => {
    const frame = frameOf(RUNS.slice(0, 2), 90);
    const panes = [lossPane(true, -6, 2, 100)];
    lines.draw({ ...frame, head: 80 }, panes, [], theme);
    expect(drawn.count('lineTo')).toBeGreaterThanOrEqual(160);
    drawn.reset();
    lines.draw({ ...frame, head: 81 }, panes, [], theme);
    expect(drawn.count('lineTo')).toBe(2);
    drawn.reset();
    lines.draw({ ...frame, head: 10 }, panes, [], theme);
    expect(drawn.count('lineTo') + drawn.count('clearRect')).toBe(0);
  });

  it('draws no more than three points a pixel column', () => {
    const frame = frameOf(LASTING_RUNS.slice(1, 2), 5000);
    lines.draw(frame, [lossPane(true, -6, 2, 5000)], [], theme);
    expect(drawn.count('lineTo')).toBeLessThanOrEqual(3 * 302);
    expect(drawn.count('lineTo')).toBeGreaterThan(300);
  });

  it('draws a dashed jump to the loss where an edit has moved a run, and goes on from there', () => {
    const frame = frameOf(RUNS.slice(0, 1), 20);
    const pane = lossPane(false, 0, 40, 100);
    const move = { run: 0, step: 10, dim: 2, params: [3, 1], loss: [30] as const, grad: [0, 0], gradNorm: 0 };
    const moves = [move];
    const up = toChartY(pane.view, 30);
    const dashes = (): number => drawn.calls.filter(([name, dash]) => name === 'setLineDash' && (dash as number[]).length > 0).length;
    lines.draw({ ...frame, head: 10, moves }, [pane], [], theme);
    expect(dashes()).toBe(1);
    expect(drawn.calls).toContainEqual(['lineTo', 70, up]);
    drawn.reset();
    lines.draw({ ...frame, head: 11, moves }, [pane], [], theme);
    expect(drawn.calls).toContainEqual(['moveTo', 70, up]);
    expect(dashes()).toBe(0);
    drawn.reset();
    lines.draw({ ...frame, head: 11, moves: [{ ...move, loss: [Number.NaN] as const }] }, [pane], [], theme);
    expect(dashes()).toBe(0); // not known yet
  });

  it('marks where a diverging run leaves the plot, and where it stops being a number', () => {
    const frame = frameOf([{ lr: 0.9, momentum: 0, normalised: false }], 2000);
    const track = frame.recording.tracks[0];
    expect(track?.divergedAt).toBeGreaterThan(10);
    lines.draw(frame, [lossPane(false, 0, 100, 2000)], [], theme);
    const words = drawn.calls.filter(([name]) => name === 'fillText');
    expect(words).toHaveLength(1);
    expect(words[0]?.[1]).toBe('∞');
    expect(words[0]?.[2]).toBeCloseTo(40 + ((track?.divergedAt ?? 0) / 2000) * 300 + 7, 6);
    expect(drawn.count('fill')).toBe(2); // left at the top; no number
  });

  const limit = (step: number, value: number): Limit => ({ step, limit: value, title: 'limit.plain' });

  it('draws the limit where it applies', () => {
    const pane = paneOf(SERIES[4] as (typeof SERIES)[number], new AxisRange(true, false));
    Object.assign(pane.view, lossPane(true, 0, 3, 100).view);
    lines.draw({ ...frameOf(RUNS.slice(0, 1), 0), head: 0 }, [pane], [limit(0, 10), limit(50, 100)], theme);
    const path = drawn.calls.filter(([name]) => name === 'lineTo').map(([, x, y]) => [x, Math.round(y as number)]);
    expect(path).toEqual([[190, 73], [190, 47], [340, 47]]);
  });

  it('draws no limit where there is none', () => {
    const pane = paneOf(SERIES[4] as (typeof SERIES)[number], new AxisRange(true, false));
    Object.assign(pane.view, lossPane(true, 0, 3, 100).view);
    const frame = { ...frameOf(RUNS.slice(0, 1), 0), head: 0 };
    lines.draw(frame, [pane], [limit(0, 10), limit(20, Number.NaN), limit(50, 100)], theme);
    expect(drawn.calls.filter(([name]) => name === 'moveTo').map(([, x]) => x)).toEqual(expect.arrayContaining([40, 190]));
    const path = drawn.calls.filter(([name]) => name === 'lineTo').map(([, x, y]) => [x, Math.round(y as number)]);
    expect(path).toEqual([[100, 73], [340, 47]]);
  });
});

describe('toChartY', () => {
  const { view } = lossPane(true, -2, 2, 100);
  it('keeps within reach of the canvas', () => {
    expect(toChartY(view, Number.POSITIVE_INFINITY)).toBe(-40);
    expect(toChartY(view, 0)).toBe(160);
    expect(toChartY(view, -1)).toBe(160);
    expect(toChartY(view, Number.NaN)).toBeNaN();
    expect(toChartY(view, 1)).toBe(60);
  });
});
