import { describe, expect, it } from 'vitest';
import { crossings, traceLevel } from './contour';

type Segment = [number, number, number, number];

function trace(rows: number[][], level = 0.5): Segment[] {
  const nx = (rows[0] as number[]).length;
  const flat = rows.flat();
  const found: Segment[] = [];
  traceLevel(nx, rows.length, level, (n) => flat[n] as number, (...segment) => found.push(segment));
  return found;
}

describe('traceLevel', () => {
  it('is a straight line where values rise evenly', () => {
    expect(trace([[0, 1, 2], [0, 1, 2]])).toEqual([[0.5, 0, 0.5, 1]]);
    expect(trace([[0, 0], [1, 1], [2, 2]])).toEqual([[0, 0.5, 1, 0.5]]);
  });

  it('is nothing where all is on one side, or not a number', () => {
    expect(trace([[0, 0], [0, 0]])).toEqual([]);
    expect(trace([[1, 2], [3, 4]])).toEqual([]);
    expect(trace([[0, 1], [NaN, 1]])).toEqual([]);
  });

  it('cuts each corner alone, and its opposite the same way', () => {
    const corners = [[[1, 0], [0, 0]], [[0, 1], [0, 0]], [[0, 0], [0, 1]], [[0, 0], [1, 0]]];
    for (const rows of corners) {
      const inverse = rows.map((row) => row.map((value) => 1 - value));
      expect(trace(rows)).toHaveLength(1);
      expect(trace(inverse)).toEqual(trace(rows));
    }
    expect(trace([[1, 0], [0, 0]])).toEqual([[0, 0.5, 0.5, 0]]);
  });

  it('lies on a circle where the values are distances', () => {
    const at = Array.from({ length: 41 }, (_, n) => n - 20);
    const segments = trace(at.map((y) => at.map((x) => Math.hypot(x, y))), 15.3);
    expect(segments.length).toBeGreaterThan(80);
    for (const [x, y] of segments.flatMap(([x0, y0, x1, y1]) => [[x0, y0], [x1, y1]] as const)) {
      expect(Math.abs(Math.hypot(x - 20, y - 20) - 15.3)).toBeLessThan(0.02);
    }
  });

  it('joins the corners of a saddle by their average', () => {
    expect(trace([[1, 0], [0, 1]], 0.4)).toEqual([[0.6, 0, 1, 0.4], [0, 0.6, 0.4, 1]]);
    expect(trace([[1, 0], [0, 1]], 0.6)).toHaveLength(2);
  });
});

describe('crossings', () => {
  it('are found between the points and upon them', () => {
    expect(crossings([0, 1, 0], 0, 10, 0.5)).toEqual([2.5, 7.5]);
    expect(crossings([0, 0.5, 1], 0, 2, 0.5)).toEqual([1]);
    expect(crossings([1, 1, NaN], 0, 2, 0.5)).toEqual([]);
  });
});
