import { describe, expect, it } from 'vitest';
import { cut, cutSegment } from './segment';

const box = [0, 0, 100, 50] as const;

describe('cutSegment', () => {
  it('leaves what is inside as it is', () => {
    expect(cutSegment(1, 2, 3, 4, ...box)).toBe(true);
    expect(cut).toEqual({ x0: 1, y0: 2, x1: 3, y1: 4 });
  });

  it('cuts at the edge in the direction of the line', () => {
    expect(cutSegment(50, 25, 1e30, 25, ...box)).toBe(true);
    expect(cut.x1).toBeCloseTo(100, 6);
    expect(cut.y1).toBe(25);
    expect(cutSegment(-100, -50, 100, 50, ...box)).toBe(true);
    expect(cut.x0).toBeCloseTo(0, 9);
    expect(cut.y0).toBeCloseTo(0, 9);
  });

  it('drops what passes by, and what is no number', () => {
    expect(cutSegment(-10, -10, 110, -1, ...box)).toBe(false);
    expect(cutSegment(-10, 10, -5, 20, ...box)).toBe(false);
    expect(cutSegment(1, 1, Number.NaN, 2, ...box)).toBe(false);
    expect(cutSegment(1, 1, Number.POSITIVE_INFINITY, 2, ...box)).toBe(false);
    expect(cutSegment(-1e308, 0, 1e308, 0, ...box)).toBe(false);
  });
});
