// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import type { Ghost } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import { MARGIN } from '../../render/canvas/clip-segment';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport } from '../../render/viewport/viewport';
import { drawGhostPaths } from './ghost-paths';
import { mapProjection } from './projection';

const theme = { runs: ['#0068b5', '#c44e00'], panel: '#fff', strokeScale: 1 } as unknown as Theme;
const view = { ...emptyViewport(), left: 0, top: 0, width: 400, height: 400, x0: -4, x1: 4, y0: -4, y1: 4 };
const GHOST: Ghost = { run: 0, steps: [5, 6, 7], loss: [3, 2, 1], gradNorm: [1, 1, 1], dim: 2, params: [0, 0, 1, 1, 2, 2], diverged: false };

function drawn(more: Partial<Ghost> = {}, head = 5, visible = [true, true]) {
  const { frame } = fakeSession('ravine', 90, RUNS.slice(0, 2));
  const canvas = recordingCanvas();
  drawGhostPaths(canvas.layer.context, view, { ...frame, head, visible, ghosts: [{ ...GHOST, ...more }] }, theme, mapProjection(view));
  return canvas;
}

describe('what would come, on the map', () => {
  it('begins at the play head and ends with a ring', () => {
    expect(drawn().calls.filter(([name]) => name === 'lineTo')).toEqual([['lineTo', 250, 150], ['lineTo', 300, 100]]);
    expect(drawn().calls.filter(([name]) => name === 'moveTo')).toEqual([['moveTo', 200, 200]]); // so that it is dashed
    expect(drawn().count('arc')).toBe(1);
    expect(drawn({}, 6).count('lineTo')).toBe(1);
    expect(drawn({}, 8).calls.filter(([name]) => ['lineTo', 'arc'].includes(name))).toEqual([]);
  });

  it('ends with a cross where it diverges, at the edge of the plot', () => {
    const far = drawn({ diverged: true, params: [0, 0, 1, 1e30, Number.NaN, Number.NaN] });
    expect(far.count('arc')).toBe(0);
    const cross = far.calls.filter(([name]) => name === 'lineTo').slice(-2);
    expect(cross.every(([, x, y]) => Math.abs((x as number) - 200) <= 8 && (y as number) <= 20)).toBe(true);
    expect(far.coordinates().every((value) => Math.abs(value) <= 400 + MARGIN + 1)).toBe(true);
  });

  it('is not drawn of a hidden run, nor of a model', () => {
    expect(drawn({}, 5, [false, true]).count('lineTo')).toBe(0);
    expect(drawn({ dim: 0, params: [] }).count('lineTo')).toBe(0);
  });
});
