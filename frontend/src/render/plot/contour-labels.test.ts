import { describe, expect, it } from 'vitest';
import { heightsOf } from '../colours/heights';
import { contourLabels, type LabelledMap } from './contour-labels';

/** A map of f over [-4, 4] x [-4, 4] in 400 x 400 pixels. */
function mapOf(f: (x: number, y: number) => number, scale: 'log' | 'root', free: LabelledMap['free'] = [], zoom = 1): LabelledMap {
  const n = 121;
  const at = (k: number): number => -4 + (8 * k) / (n - 1);
  const z = Float32Array.from({ length: n * n }, (_, k) => f(at(k % n), at(Math.floor(k / n))));
  const range = [-4 / zoom, 4 / zoom] as const;
  return { heights: heightsOf(z, scale, 0), bounds: [[-4, 4], [-4, 4]], nx: n, ny: n, ranges: [range, range], width: 400, height: 400, free };
}

const bowl = (x: number, y: number): number => 0.5 * (x * x + 10 * y * y);
const number = (text: string): number => Number(text.replace('−', '-'));

describe.each([['root', bowl], ['log', (x: number, y: number) => (1 - x) ** 2 + 100 * (y - x * x) ** 2]] as const)('contour labels on a scale of kind %s', (scale, f) => {
  const labels = contourLabels(mapOf(f, scale));

  it('are several, of different losses', () => {
    expect(labels.length).toBeGreaterThan(4);
    expect(new Set(labels.map(({ text }) => text)).size).toBeGreaterThan(3);
  });

  it('say the loss of the line on which they stand', () => {
    for (const { x, y, text } of labels) expect(Math.abs(number(text) / f(x, y) - 1)).toBeLessThan(0.1);
  });

  it('do not touch one another', () => {
    labels.forEach((one, n) => labels.slice(n + 1).forEach((other) => {
      expect(Math.hypot(one.x - other.x, one.y - other.y) * 50).toBeGreaterThanOrEqual(69);
    }));
  });
});

describe('contour labels', () => {
  it('run along their line', () => {
    for (const { x, y, angle } of contourLabels(mapOf((u, v) => u * u + v * v, 'root'))) {
      // On a circle a line is square to the radius; angles are clockwise, and y goes up.
      const radius = (Math.atan2(-y, x) * 180) / Math.PI;
      expect(Math.abs(Math.cos(((angle - radius) * Math.PI) / 180))).toBeLessThan(0.1);
    }
  });

  it('leave critical points free', () => {
    const free = contourLabels(mapOf(bowl, 'root')).map(({ x, y }) => [x, y] as const);
    const others = contourLabels(mapOf(bowl, 'root', free));
    for (const [x, y] of free) for (const one of others) expect(Math.hypot(one.x - x, one.y - y) * 50).toBeGreaterThanOrEqual(25);
  });

  it('have as many digits as tell them apart', () => {
    const labels = contourLabels(mapOf((x, y) => 1000 + 0.01 * (x * x + y * y), 'root'));
    const texts = new Map(labels.map(({ x, y, text }) => [Math.round(1e3 * (x * x + y * y)), text]));
    expect(labels.length).toBeGreaterThan(1);
    expect(new Set(texts.values()).size).toBeGreaterThan(1);
  });

  it('are of what is seen', () => {
    for (const { x, y } of contourLabels(mapOf(bowl, 'root', [], 4))) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(1);
  });

  it('are none on a plain without lines, and where nothing is finite', () => {
    expect(contourLabels(mapOf(() => 3, 'root'))).toEqual([]);
    expect(contourLabels(mapOf(() => Number.NaN, 'log'))).toEqual([]);
  });
});
