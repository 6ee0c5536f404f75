// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas, type RecordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { HIDDEN, projected, type ProjectRecord } from '../loss-scene/projection';
import { DrapedPaths } from './draped-paths';

class FakePath {
  readonly lines: [number, number][] = [];
  moveTo() {}
  lineTo(x: number, y: number) {
    this.lines.push([x, y]);
  }
}

const theme = { runs: ['#0068b5'], panel: '#fff', strokeScale: 1 } as unknown as Theme;
const box = { left: 0, top: 0, width: 400, height: 300 };
/** From above, except that the half beyond x = -1 is hidden and that the ground rises to the right. */
const project: ProjectRecord = ({ params }, k) => {
  const [x, y] = [params[2 * k] as number, params[2 * k + 1] as number];
  Object.assign(projected, { x: 200 + 40 * x, y: 150 - 30 * y - 10 * x * x, hidden: x > -1 });
};

describe('DrapedPaths', () => {
  let drawn: RecordingCanvas;
  let strokes: { path: FakePath; alpha: number; colour: string }[];
  let paths: DrapedPaths;
  const below = vi.fn();
  let frame: DrawState;

  beforeEach(() => {
    vi.stubGlobal('Path2D', FakePath);
    below.mockClear();
    frame = { ...fakeSession('ravine', 40, RUNS.slice(0, 1)).frame, head: 40 };
    drawn = recordingCanvas();
    strokes = [];
    const context = drawn.layer.context as unknown as Record<string, unknown>;
    context['globalAlpha'] = 1;
    context['stroke'] = (path: FakePath) =>
      strokes.push({ path, alpha: context['globalAlpha'] as number, colour: context['strokeStyle'] as string });
    paths = new DrapedPaths(drawn.layer, box, below);
  });
  afterEach(() => vi.unstubAllGlobals());

  it('draws faintly what is hidden, and fully what is seen', () => {
    paths.draw(frame, theme, project);
    const full = strokes.filter(({ alpha, colour }) => alpha === 1 && colour === '#0068b5').flatMap(({ path }) => path.lines);
    const faint = strokes.filter(({ alpha }) => alpha === HIDDEN).flatMap(({ path }) => path.lines);
    expect(full.length).toBeGreaterThan(3);
    expect(faint.length).toBeGreaterThan(3);
    expect(full.every(([x]) => x <= 200 - 40 + 1e-6)).toBe(true);
    expect(faint.every(([x]) => x > 150)).toBe(true);
    expect(faint.some(([x]) => x > 180)).toBe(true);
  });

  it('follows the surface between two records that are far apart', () => {
    const track = frame.recording.tracks[0];
    if (!track) throw new Error('a run');
    track.params.set([-4, 0, 0, 0], 0);
    paths.draw({ ...frame, head: 1 }, theme, project);
    const all = strokes.filter(({ colour }) => colour === '#0068b5').flatMap(({ path }) => path.lines);
    // A straight line between the ends would pass (120, 70) at the middle; the surface is at 110 there.
    expect(all.some(([x, y]) => Math.abs(x - 120) < 3 && Math.abs(y - 110) < 3)).toBe(true);
    expect(all.some(([x, y]) => Math.abs(x - 120) < 3 && Math.abs(y - 70) < 3)).toBe(false);
  });

  it('adds only the new step while playing, and draws what lies below it only with everything', () => {
    paths.draw({ ...frame, head: 20 }, theme, project);
    const whole = strokes.flatMap(({ path }) => path.lines).length;
    strokes.length = 0;
    paths.draw({ ...frame, head: 21 }, theme, project);
    expect(strokes.flatMap(({ path }) => path.lines).length).toBeLessThan(whole / 2);
    expect(below).toHaveBeenCalledTimes(1);
    paths.invalidate();
    paths.draw({ ...frame, head: 21 }, theme, project);
    expect(below).toHaveBeenCalledTimes(2);
  });
});
