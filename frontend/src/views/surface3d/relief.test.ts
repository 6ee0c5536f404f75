import { describe, expect, it } from 'vitest';
import { SURFACES, fakeGrid } from '../../core/session/made-up-session.testing';
import type { Grid } from '../../core/session/types';
import { projected } from '../loss-scene/projection';
import { Camera, surfaceProjection } from './camera';
import { sceneFrom } from './camera.testing';
import { Relief, type Point3 } from './relief';

type Surface = (typeof SURFACES)[string];
const CELLS = 192;

function reliefOf(f: (x: number, y: number) => number, bounds: [[number, number], [number, number]], logarithmic = false, floor = 0): { relief: Relief; grid: Grid } {
  const scene = { ...(SURFACES['ravine'] as Surface).scene, bounds, log_height: logarithmic, points: [{ kind: 'minimum' as const, at: [0, 0], value: floor }] };
  const grid = fakeGrid({ ...(SURFACES['ravine'] as Surface), f }, bounds, [CELLS, CELLS]);
  return { relief: new Relief(scene, grid), grid };
}

/** A wall of height 1 along y = 0 on level ground. */
const wall = (): Relief => reliefOf((_, y) => (Math.abs(y) < 0.2 ? 1 : 0), [[-2, 2], [-2, 2]]).relief;
const rosenbrock = (x: number, y: number): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2;

describe('Relief', () => {
  it('hides what is behind a wall, and nothing else', () => {
    const relief = wall();
    const hidden = (y: number): boolean => relief.hides([0, y, relief.heightAt(0, y)], [0, -6, 8]);
    expect([-1.5, -0.5, 0, 1.5, 1.9].map(hidden)).toEqual([false, false, false, false, false]);
    expect([0.4, 0.6, 0.8].map(hidden)).toEqual([true, true, true]);
  });

  it('hides more the lower the eye is, and nothing that lies before the wall', () => {
    const relief = wall();
    const behind: Point3 = [0, 0.8, 0];
    expect([0.5, 1.5, 3].map((z) => relief.hides(behind, [0, -6, z]))).toEqual([true, true, true]);
    expect(relief.hides(behind, [0, -6, 60])).toBe(false);
    expect(relief.hides(behind, [0, 6, 1])).toBe(false);
  });

  it('does not hide a point by the slope that it lies on', () => {
    const { relief } = reliefOf((x, y) => x * x + 3 * y * y, [[-2, 2], [-2, 2]]);
    for (let n = 0; n < 200; n++) {
      const [x, y] = [Math.cos(n) * (n / 101), Math.sin(n) * (n / 101)];
      expect(relief.hides([x, y, relief.heightAt(x, y)], [0, -3, 90])).toBe(false);
    }
  });

  it('draws the floor of a narrow bent valley as a floor, not as a comb of spikes', () => {
    const { relief } = reliefOf(rosenbrock, [[-2, 2], [-1, 3]], true);
    const { low, high } = relief.heights;
    const floor = Array.from({ length: 600 }, (_, n) => -1.7 + (3.4 * n) / 599).map((x) => relief.heightAt(x, x * x));
    const bumps = floor.slice(4).map((height, n) => Math.abs((floor[n] as number) + height - 2 * (floor[n + 2] as number)) / (high - low));
    expect(Math.max(...bumps)).toBeLessThan(0.022);
    // It still is a valley: the walls are far above it, and it falls towards the minimum.
    expect(relief.heightAt(0, 1.5) - relief.heightAt(0, 0)).toBeGreaterThan(0.3 * (high - low));
    expect(relief.heightAt(-1.5, 2.25)).toBeGreaterThan(relief.heightAt(1, 1));
  });

  it('keeps a bowl that the grid resolves as deep as it is', () => {
    const deep = reliefOf((x, y) => 1e4 * (x * x + y * y) + 1e-3, [[-2, 2], [-2, 2]], true).relief.heights;
    expect(deep.high - deep.low).toBeGreaterThan(2);
  });
});

describe('the way from the screen to the surface', () => {
  const box = { left: 10, top: 20, width: 600, height: 400 };
  const { relief, grid } = reliefOf((x, y) => Math.exp(-4 * (x * x + y * y)), [[-2, 2], [-2, 2]]);
  const camera = new Camera();
  const eye: Point3 = [3, -4, 2.5];
  camera.read(sceneFrom(eye, [0, 0, 0]));

  it('knows where the camera is', () => {
    camera.eye.forEach((value, n) => expect(value).toBeCloseTo(eye[n] as number, 9));
  });

  it('finds the point that is drawn at a place', () => {
    for (const [x, y] of [[0.5, -1.2], [-1.5, 0.3], [1.9, 1.9], [0.1, -0.1]] as const) {
      camera.project(x, y, relief.heightAt(x, y), box);
      const at = relief.meet(camera.eye, camera.rayThrough({ x: projected.x, y: projected.y }, box));
      expect(at?.[0]).toBeCloseTo(x, 2);
      expect(at?.[1]).toBeCloseTo(y, 2);
    }
  });

  it('finds the hill and not the ground behind it, and nothing beside the surface', () => {
    camera.project(-0.6, 0.8, 0, box);
    const [x = 0, y = 0] = relief.meet(camera.eye, camera.rayThrough({ x: projected.x, y: projected.y }, box)) ?? [];
    expect(Math.hypot(x - 3, y + 4)).toBeLessThan(Math.hypot(-0.6 - 3, 0.8 + 4));
    expect(relief.meet(camera.eye, camera.rayThrough({ x: box.left + 1, y: box.top + 1 }, box))).toBeNull();
  });

  it('puts records on the surface, and says which are hidden', () => {
    const project = surfaceProjection(camera, relief, grid.bounds, box);
    const at = (x: number, y: number) => {
      project.record({ dim: 2, params: [x, y], loss: [0.123] }, 0);
      return { ...projected };
    };
    camera.project(1, -1, relief.heightAt(1, -1), box);
    const drawn = { ...projected };
    expect(at(1, -1)).toEqual({ ...drawn, hidden: false });
    expect(at(-0.5, 0.5).hidden).toBe(true);
    expect(at(5, 0).x).toBeNaN();
  });
});
