import { describe, expect, it } from 'vitest';
import { curveRange } from './figures';
import { withGaps, withHoles } from './poles';

const at = (n: number, count: number, shift = 0): number => -2 + (4 * n) / (count - 1) + shift;
const curve = (f: (x: number) => number, count = 600, shift = 0): number[] => Array.from({ length: count }, (_, n) => f(at(n, count, shift)));
/** Where the gaps are, x. */
const gaps = (f: (x: number) => number, shift = 0): number[] =>
  withGaps(curve(f, 600, shift)).flatMap((value, n) => (Number.isNaN(value) ? [at(n, 600, shift)] : []));

describe('a pole', () => {
  it.each([
    ['1/x', (x: number) => 1 / x, [0]],
    ['-1/x', (x: number) => -1 / x, [0]],
    ['tan x', Math.tan, [-Math.PI / 2, Math.PI / 2]],
    ['x + 0.01/(x - 1)', (x: number) => x + 0.01 / (x - 1), [1]],
    ['1/x³', (x: number) => x ** -3, [0]],
  ] as const)('of %s is a gap, wherever the samples are', (_, f, poles) => {
    for (const shift of [0, 0.0008, 0.0017, 0.003]) {
      const found = gaps(f, shift);
      expect(found).toHaveLength(poles.length);
      found.forEach((x, n) => expect(Math.abs(x - (poles[n] as number))).toBeLessThan(0.008));
    }
  });

  it.each([
    ['a parabola', (x: number) => x * x], ['a wave', (x: number) => Math.sin(20 * x)], ['a corner', Math.abs], ['a step', Math.sign],
    ['a steep step', (x: number) => Math.tanh(200 * x)], ['a quartic', (x: number) => x ** 4 - 3 * x * x + x], ['a root', (x: number) => Math.cbrt(x)],
  ] as const)('is not seen in %s', (_, f) => {
    for (const shift of [0, 0.0008, 0.0017]) expect(gaps(f, shift)).toEqual([]);
  });

  it('does not set the axis of a curve', () => {
    const range = (f: (x: number) => number): [number, number] =>
      curveRange({ bounds: [[-2, 2]], nx: 600, ny: 1, z: Float32Array.from(curve(f)) }, false);
    const [low, high] = range((x) => 1 / x);
    expect(low).toBeGreaterThan(-30);
    expect(high).toBeLessThan(30);
    expect(high).toBeGreaterThan(2);
    expect(range((x) => x * x)[1]).toBeGreaterThan(4); // nothing is cut off without one
    expect(range((x) => Math.exp(2 * x))[1]).toBeGreaterThan(Math.exp(4));
  });

  it('of two parameters is a line of holes', () => {
    const n = 41;
    const z = Float32Array.from({ length: n * n }, (_, k) => 1 / (at(k % n, n, 0.011) - 0.5) + at(Math.floor(k / n), n));
    const { z: holes } = withHoles({ nx: n, ny: n, z });
    for (let row = 0; row < n; row++) {
      const found = Array.from(holes.slice(row * n, (row + 1) * n)).flatMap((value, k) => (Number.isNaN(value) ? [at(k, n, 0.011)] : []));
      expect(found).toHaveLength(1);
      expect(Math.abs((found[0] as number) - 0.5)).toBeLessThan(0.1);
    }
    const bowl = { nx: n, ny: n, z: Float32Array.from({ length: n * n }, (_, k) => at(k % n, n) ** 2) };
    expect(withHoles(bowl)).toBe(bowl);
  });
});
