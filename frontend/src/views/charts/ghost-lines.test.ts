// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import type { Ghost } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { AxisRange } from './axis-range';
import { drawGhostLines } from './ghost-lines';
import { paneOf } from './panes';
import { SERIES, type ChartId } from './series';

const theme = { runs: ['#0068b5', '#c44e00'], font: 'sans', strokeScale: 1, fontScale: 1 } as unknown as Theme;
const GHOST: Ghost = {
  run: 0, steps: [10, 20, 30, 40], loss: [1, 0.5, 5, Number.POSITIVE_INFINITY], gradNorm: [1, 1, 1, 1], dim: 2,
  params: [0, 1, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7], diverged: true,
};

function drawn(id: ChartId, head: number, more: Partial<Ghost> = {}, visible = [true, true]) {
  const { frame } = fakeSession('ravine', 90, RUNS.slice(0, 2));
  const pane = paneOf(SERIES.find((one) => one.id === id) as (typeof SERIES)[number], new AxisRange(false, false));
  Object.assign(pane.view, { left: 40, top: 20, width: 300, height: 80, x0: 0, x1: 100, y0: 0, y1: 1 });
  const canvas = recordingCanvas();
  drawGhostLines(canvas.layer, pane, { ...frame, head, visible, ghosts: [{ ...GHOST, ...more }] }, theme);
  const lines = canvas.calls.filter(([name]) => name === 'moveTo' || name === 'lineTo');
  return { lines, marks: canvas.count('fill'), words: canvas.calls.filter(([name]) => name === 'fillText').map(([, text]) => text) };
}

describe('what would come, on the charts', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class { moveTo() {} lineTo() {} closePath() {} }));

  it('begins at the play head', () => {
    expect(drawn('loss', 10).lines[0]).toEqual(['moveTo', 70, 20]);
    expect(drawn('loss', 15).lines[0]).toEqual(['moveTo', 100, 60]);
    expect(drawn('loss', 10).lines.length).toBe(4);
  });

  it('marks where it leaves the plot, and the step at which it diverges', () => {
    expect(drawn('loss', 10)).toMatchObject({ marks: 2, words: ['∞'] });
    expect(drawn('loss', 10, { loss: [1, 0.5, 0.4, 0.3] })).toMatchObject({ marks: 0, words: [] });
    expect(drawn('loss', 10, { loss: [1, 0.5, 0.4, Number.NaN] })).toMatchObject({ marks: 1, words: ['NaN'] });
  });

  it('is on the charts of loss, gradient norm and parameters, of runs that are shown', () => {
    expect(drawn('gradNorm', 0).lines.length).toBe(4);
    expect(drawn('params', 0).lines.length).toBe(8);
    expect(drawn('params', 0, { dim: 0, params: [] }).lines).toEqual([]);
    expect(drawn('curvature', 0).lines).toEqual([]);
    expect(drawn('loss', 0, {}, [false, true]).lines).toEqual([]);
  });
});
