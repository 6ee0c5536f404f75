// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { trackOf } from '../../core/player/track.testing';
import type { CriticalPoint, Verdict } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas, type RecordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { drawCurvatureAxes } from './curvature-axes';
import { mapPointProjection, projected, type ProjectPoint } from './projection';

const theme = { downhill: 'bright', text: 'quiet', panel: 'ground', font: 'sans', strokeScale: 1, fontScale: 1 } as unknown as Theme;
/** 100 pixels a unit along x, 50 along y; (0, 0) at (200, 150). */
const view = { left: 0, top: 0, width: 400, height: 300, x0: -2, x1: 2, y0: -3, y1: 3, yLog: false };

type Near = Extract<Verdict, { code: 'near' }>;
const saddle: Near = {
  code: 'near', step: 2, remedy: null, since: 2, kind: 'saddle', at: [1, 0], eigenvalues: [-1, 4], downhill: [0, 1],
  law: null, factor: null, escape: null, stuck: false,
};

describe('the directions of curvature', () => {
  let drawn: RecordingCanvas;
  const draw = (
    verdicts: Verdict[], head = 5, eigenvectors = [[0.6, -0.8], [0.8, 0.6]], place = mapPointProjection(view), moves: DrawState['moves'] = [],
  ): void => {
    const rows = Array.from({ length: 8 }, () => ({ params: [1.1, 0.1], eigenvectors }));
    const recording = { tracks: [trackOf(rows, 2, verdicts)], last: 7, epoch: 1 };
    const scene = { bounds: [[-2, 2], [-3, 3]] };
    const points: CriticalPoint[] = [{ kind: 'saddle', at: [1, 0], value: 7 }];
    const frame = { recording, scene, head, visible: [true], selected: 0, moves } as unknown as DrawState;
    drawCurvatureAxes(drawn.layer.context, frame, theme, place, points);
  };
  /** Both ends of each line. */
  const lines = () =>
    drawn.calls.flatMap(([name, ...to], n) => {
      const before = drawn.calls[n - 1];
      return name === 'lineTo' && before?.[0] === 'moveTo' && drawn.calls[n + 1]?.[0] === 'stroke' ? [[before.slice(1), to].flat() as number[]] : [];
    });

  beforeEach(() => void (drawn = recordingCanvas()));

  it('cross at the critical point, not at the run', () => {
    draw([saddle]);
    expect(lines()).toEqual([
      [370, 150, 230, 150].map((value) => expect.closeTo(value, 9)),
      [300, 220, 300, 80].map((value) => expect.closeTo(value, 9)),
    ]);
    // (1, 0) is at (300, 150).
    expect(drawn.calls.filter(([name]) => name === 'fillText').map(([, words]) => words)).toEqual(['λ = 4', 'λ = −1']);
  });

  it('follow the scales of the axes', () => {
    draw([{ ...saddle, downhill: [0.6, 0.8] }]);
    const [[x0 = 0, y0 = 0, x1 = 0, y1 = 0] = []] = lines().slice(-1);
    // 60 pixels to the right for 40 up.
    expect((y1 - y0) / (x1 - x0)).toBeCloseTo(-40 / 60, 9);
    expect(Math.hypot(x1 - x0, y1 - y0)).toBeCloseTo(140, 9);
  });

  it('are the record’s own where no way is down', () => {
    draw([{ ...saddle, kind: 'degenerate', eigenvalues: [0, 0], downhill: null }]);
    expect(lines()).toHaveLength(2);
    // Column 0, (0.6, 0.8), is drawn last.
    const [[x0 = 0, y0 = 0, x1 = 0, y1 = 0] = []] = lines().slice(-1);
    expect((y1 - y0) / (x1 - x0)).toBeCloseTo(-40 / 60, 9);
    expect(drawn.count('closePath')).toBe(0); // no tips
  });

  it('lie level at the point’s own height in 3-D', () => {
    /** From a corner: x to the right and down, y to the right and up, height up. */
    const corner: ProjectPoint = ({ at: [x = 0, y = 0], value }) => {
      projected.x = 200 + 30 * x + 30 * y;
      projected.y = 150 + 20 * x - 20 * y - 10 * value;
      projected.hidden = false;
    };
    draw([saddle], 5, undefined, corner);
    // (1, 0) at height 7 is at (230, 100); y goes 30 right for 20 up.
    const [[x0 = 0, y0 = 0, x1 = 0, y1 = 0] = []] = lines().slice(-1);
    expect([(x0 + x1) / 2, (y0 + y1) / 2]).toEqual([expect.closeTo(230, 9), expect.closeTo(100, 9)]);
    expect((y1 - y0) / (x1 - x0)).toBeCloseTo(-20 / 30, 9);
    expect(Math.hypot(x1 - x0, y1 - y0)).toBeCloseTo(140, 9);
  });

  it('are not drawn where an edit has put the run elsewhere', () => {
    const move = { run: 0, step: 3, dim: 2, params: [9, 9], loss: [1] as const, grad: [0, 0], gradNorm: 0 };
    draw([saddle], 3, undefined, undefined, [move]);
    expect(drawn.calls).toEqual([]);
  });

  it('are drawn only while the verdict is near', () => {
    const away: Verdict = { code: 'descending', step: 4, remedy: null };
    draw([saddle, away], 1);
    draw([saddle, away], 4);
    expect(drawn.calls).toEqual([]);
    draw([saddle, away], 3);
    expect(lines()).toHaveLength(2);
  });
});
