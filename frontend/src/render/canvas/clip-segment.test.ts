import { describe, expect, it } from 'vitest';
import { clipped, clipSegment } from './clip-segment';

const box = { left: 0, top: 0, width: 100, height: 50 };

describe('clipSegment', () => {
  it('leaves what is inside as it is', () => {
    expect(clipSegment(1, 2, 3, 4, box)).toBe(true);
    expect(clipped).toEqual({ x0: 1, y0: 2, x1: 3, y1: 4 });
  });

  it('cuts at the edge in the direction of the line', () => {
    expect(clipSegment(50, 25, 1e30, 25, box)).toBe(true);
    expect(clipped.x1).toBeCloseTo(100, 6);
    expect(clipped.y1).toBe(25);
    expect(clipSegment(-100, -50, 100, 50, box)).toBe(true);
    expect(clipped.x0).toBeCloseTo(0, 9);
    expect(clipped.y0).toBeCloseTo(0, 9);
  });

  it('drops what passes by, and what is not a number', () => {
    expect(clipSegment(-10, -10, 110, -1, box)).toBe(false);
    expect(clipSegment(-10, 10, -5, 20, box)).toBe(false);
    expect(clipSegment(1, 1, Number.NaN, 2, box)).toBe(false);
    expect(clipSegment(1, 1, Number.POSITIVE_INFINITY, 2, box)).toBe(false);
    expect(clipSegment(-1e308, 0, 1e308, 0, box)).toBe(false);
  });
});
