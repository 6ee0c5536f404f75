// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import type { CriticalPoint } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport } from '../../render/viewport/viewport';
import { PlayHeadMarkers, type SceneProjection } from './markers';
import { HIDDEN, mapProjection, projected } from './projection';

const theme = { runs: [], panel: '#fff', text: '#000', strokeScale: 1 } as unknown as Theme;
const frame: DrawState = { ...fakeSession('ravine', 1, []).frame };

describe('the point of a run', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class {}));
  afterEach(() => void vi.unstubAllGlobals());

  it('is where an edit has put it, at rest on that step too', () => {
    const { frame: recorded } = fakeSession('ravine', 9, RUNS.slice(0, 1));
    const view = { ...emptyViewport(), width: 400, height: 400, x0: -4, x1: 4, y0: -4, y1: 4 };
    const move = { run: 0, step: 5, dim: 2, params: [3, -2], loss: [1] as const, grad: [0, 0], gradNorm: 0 };
    const at = (head: number, moves: DrawState['moves']): [number, number] => {
      const { layer } = recordingCanvas(400, 400);
      const markers = new PlayHeadMarkers(layer, view, null);
      markers.draw({ ...recorded, head, moves }, theme, { record: mapProjection(view), point: () => {} }, []);
      return [markers.x[0] as number, markers.y[0] as number];
    };
    expect(at(5, [move])).toEqual([350, 300]);
    expect(at(6, [move])).toEqual(at(6, []));
    expect(at(5, [])).not.toEqual([350, 300]);
    expect(at(5, [{ ...move, params: [Number.NaN, 0] }])).toEqual(at(5, []));
  });
});

describe('critical points', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', class {}));
  afterEach(() => void vi.unstubAllGlobals());

  /** Those with x < 0 are hidden. One unit is 10 pixels. */
  const project: SceneProjection = {
    record: () => {},
    point: ({ at: [x = 0, y = 0] }) => void Object.assign(projected, { x: 200 + 10 * x, y: 100 + 10 * y, hidden: x < 0 }),
    crowded: true,
  };

  function drawn(points: readonly CriticalPoint[], onto = project): [number, number][] {
    const canvas = recordingCanvas();
    new PlayHeadMarkers(canvas.layer, { ...emptyViewport(), width: 400, height: 300 }, null).draw(frame, theme, onto, points);
    return canvas.calls.filter(([name]) => name === 'translate').map(([, x, y]) => [x as number, y as number]);
  }

  const point = (kind: CriticalPoint['kind'], x: number, y: number, value: number): CriticalPoint => ({ kind, at: [x, y], value });

  it('that the surface hides are not drawn, except the lowest minimum, which is faint', () => {
    const points = [point('saddle', -8, 0, 3), point('saddle', 8, 0, 3), point('minimum', -3, 0, 1), point('minimum', -3, 9, 0)];
    expect(drawn(points)).toEqual([[170, 190], [280, 100]]);
    expect(HIDDEN).toBeLessThan(0.5);
  });

  it('leave room for each other, minima first', () => {
    const points = [point('saddle', 1, 0, 3), point('maximum', 0.5, 0, 5), point('minimum', 0, 0, 1), point('saddle', 4, 0, 3)];
    expect(drawn(points)).toEqual([[200, 100], [240, 100]]);
    expect(drawn(points, { ...project, crowded: false })).toHaveLength(4);
  });

  it('are few where there are a hundred', () => {
    const lattice = Array.from({ length: 100 }, (_, n) => point('saddle', (n % 10) * 2, Math.floor(n / 10) * 2, 1));
    expect(drawn(lattice).length).toBeLessThan(36);
    expect(drawn(lattice).length).toBeGreaterThan(5);
  });
});
