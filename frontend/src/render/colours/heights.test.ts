import { describe, expect, it } from 'vitest';
import { heightsOf, niceStep, toRows, linspace } from './heights';

describe('heightsOf', () => {
  it('keeps holes, and puts infinities at the ends', () => {
    const z = Float32Array.of(1, 10, 100, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    for (const scale of ['log', 'root', 'linear'] as const) {
      const heights = heightsOf(z, scale, null);
      expect(Number.isNaN(heights.z[3])).toBe(true);
      expect(heights.z[4]).toBe(heights.high);
      expect(heights.z[5]).toBe(heights.low);
      expect(Array.from(heights.z.slice(0, 3)).every((height) => height >= heights.low && height <= heights.high)).toBe(true);
    }
  });

  it('spaces decades evenly by the logarithm, also below zero', () => {
    const { z } = heightsOf(Float32Array.of(-9, 0, 90, 990), 'log', -10);
    expect((z[2] as number) - (z[1] as number)).toBeCloseTo(1, 1);
    expect((z[3] as number) - (z[2] as number)).toBeCloseTo(1, 1);
  });

  it('does not let one steep corner flatten all the rest', () => {
    const z = Float32Array.from({ length: 1000 }, (_, n) => n / 100);
    z[999] = 1e9;
    expect(heightsOf(z, 'linear', null).high).toBeLessThan(20);
  });

  it('draws something where nothing is finite or all is equal', () => {
    expect(heightsOf(Float32Array.of(Number.NaN, Number.NaN), 'log', null)).toMatchObject({ low: 0, high: 1 });
    const flat = heightsOf(Float32Array.of(3, 3, 3), 'root', null);
    expect(flat.high).toBeGreaterThan(flat.low);
    expect(flat.size).toBeGreaterThan(0);
  });

  it('lifts a loss to the height that the grid has there', () => {
    const grid = Float32Array.of(0, 4, 9, 16);
    const heights = heightsOf(grid, 'root', 0);
    grid.forEach((loss, n) => expect(heights.heightOf(loss)).toBeCloseTo(heights.z[n] as number, 6));
  });
});

describe('lossOf', () => {
  it.each(['log', 'root', 'linear'] as const)('is the inverse of heightOf on a scale of kind %s', (scale) => {
    const { heightOf, lossOf } = heightsOf(Float32Array.of(-2, 0, 4, 900), scale, -2);
    for (const loss of [-1.5, 0.25, 7, 500]) expect(lossOf(heightOf(loss))).toBeCloseTo(loss, 9);
  });
});

describe('helpers', () => {
  it('rounds steps up to 1, 2, 2.5 or 5', () => {
    expect([0.9, 1, 1.1, 2.2, 3, 6].map(niceStep)).toEqual([1, 1, 2, 2.5, 5, 10]);
  });

  it('lays rows of y out, with null for a hole', () => {
    expect(toRows([1, 2, Number.NaN, 4, 5, 6], 3, 2)).toEqual([[1, 2, null], [4, 5, 6]]);
  });

  it('spaces points with both ends', () => {
    expect(linspace(-1, 1, 5)).toEqual([-1, -0.5, 0, 0.5, 1]);
  });
});
