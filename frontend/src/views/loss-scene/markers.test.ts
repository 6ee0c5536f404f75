// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeSession } from '../../core/session/made-up-session.testing';
import type { CriticalPoint } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport } from '../../render/viewport/viewport';
import { PlayHeadMarkers, type SceneProjection } from './markers';
import { HIDDEN, projected } from './projection';

const theme = { runs: [], panel: '#fff', text: '#000', strokeScale: 1 } as unknown as Theme;
const frame: DrawState = { ...fakeSession('ravine', 1, []).frame };

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
