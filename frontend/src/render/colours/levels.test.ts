import { describe, expect, it } from 'vitest';
import { heightsOf } from './heights';
import { roundLevels } from './levels';

const between = (low: number, high: number, n = 500): Float32Array => Float32Array.from({ length: n }, (_, i) => low + ((high - low) * i) / (n - 1));

describe('roundLevels', () => {
  it('are multiples of one round step where heights are losses', () => {
    expect(roundLevels(heightsOf(between(-3, 88), 'linear', null), 10)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
  });

  it('have one digit, are ascending and about evenly spaced where heights are logarithms', () => {
    const heights = heightsOf(Float32Array.from({ length: 600 }, (_, i) => 10 ** (-2 + i / 100)), 'log', 0);
    const levels = roundLevels(heights, 12);
    expect(levels.length).toBeGreaterThan(7);
    for (const level of levels) expect(String(Number(level.toExponential(0)))).toBe(String(level));
    const at = levels.map(heights.heightOf);
    for (let n = 1; n < at.length; n++) {
      expect((at[n] as number) - (at[n - 1] as number)).toBeGreaterThan(0);
      expect((at[n] as number) - (at[n - 1] as number)).toBeLessThan(((heights.high - heights.low) / 12) * 2);
    }
  });

  it('lie within the range, below zero too, and are none where all losses are equal', () => {
    const heights = heightsOf(between(-78, 250), 'log', -78.33);
    for (const level of roundLevels(heights, 12)) {
      expect(heights.heightOf(level)).toBeGreaterThan(heights.low);
      expect(heights.heightOf(level)).toBeLessThan(heights.high);
    }
    expect(roundLevels(heightsOf(Float32Array.of(Number.NaN), 'log', null), 12)).toEqual([]);
  });
});
