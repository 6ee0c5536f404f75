// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SURFACES, fakeGrid } from '../../core/session/made-up-session.testing';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { projected } from '../loss-scene/projection';
import { Camera } from './camera';
import { sceneFrom } from './camera.testing';
import { drawLevelLines, levelLines } from './level-lines';
import { Relief, type Point3 } from './relief';

const theme = { dark: false, panel: '#fff', text: '#000', font: 'sans-serif', strokeScale: 1, fontScale: 1 } as Theme;
const box = { left: 0, top: 0, width: 640, height: 480 };
type Surface = (typeof SURFACES)[string];
const bounds: [[number, number], [number, number]] = [[-2, 2], [-2, 2]];

class FakePath {
  static segments: [number, number][] = [];
  moveTo(x: number, y: number) {
    FakePath.segments.push([x, y]);
  }
  lineTo() {}
}

function drawn(f: (x: number, y: number) => number, eye: Point3) {
  const grid = fakeGrid({ ...(SURFACES['ravine'] as Surface), f }, bounds, [120, 120]);
  const relief = new Relief({ ...(SURFACES['ravine'] as Surface).scene, bounds }, grid);
  const camera = new Camera();
  camera.read(sceneFrom(eye, [0, 0, 2]));
  const canvas = recordingCanvas(box.width, box.height);
  FakePath.segments = [];
  const levels = levelLines(grid, relief);
  drawLevelLines(canvas.layer.context, levels, camera, relief, box, theme);
  const labels = canvas.calls.filter(([name]) => name === 'fillText').map(([, words, x, y]) => ({ words: words as string, x: x as number, y: y as number }));
  return { labels, levels, camera, segments: FakePath.segments };
}

describe('contour lines in 3-D', () => {
  beforeEach(() => void vi.stubGlobal('Path2D', FakePath));
  afterEach(() => void vi.unstubAllGlobals());

  it('have the loss written on them, where they are', () => {
    const { labels, levels, camera } = drawn((x, y) => x * x + y * y, [3, -4, 14]);
    expect(labels.length).toBeGreaterThanOrEqual(4);
    for (const { words, x, y } of labels) {
      const loss = Number(words);
      expect(levels.map((level) => level.loss)).toContain(loss);
      const near = Array.from({ length: 720 }, (_, n) => {
        const radius = Math.sqrt(loss);
        camera.project(radius * Math.cos(n / 114.6), radius * Math.sin(n / 114.6), loss, box);
        return Math.hypot(projected.x - x, projected.y - y);
      });
      expect(Math.min(...near)).toBeLessThan(4);
    }
  });

  it('have labels that do not overlap', () => {
    const { labels } = drawn((x, y) => x * x + 6 * y * y, [5, -5, 6]);
    labels.forEach((one, n) =>
      labels.slice(n + 1).forEach((other) => expect(Math.abs(one.x - other.x) > 30 || Math.abs(one.y - other.y) > 12).toBe(true)),
    );
  });

  it('are left out behind the surface', () => {
    const hill = (x: number, y: number): number => 4 * Math.exp(-2 * (x * x + y * y));
    const above = drawn(hill, [0, -1, 30]).segments.length;
    const aside = drawn(hill, [0, -9, 4]).segments.length;
    expect(aside).toBeLessThan(0.8 * above);
    expect(aside).toBeGreaterThan(0.3 * above);
  });
});
