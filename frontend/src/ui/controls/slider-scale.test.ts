import { describe, expect, it } from 'vitest';
import { fromPosition, POSITIONS, toPosition, type Range } from './slider-scale';

const rate: Range = { low: 1e-5, high: 1e2, scale: 'log', whole: false };
const beta: Range = { low: 0, high: 0.9999, scale: 'linear', whole: false };
const count: Range = { low: 1, high: 20, scale: 'linear', whole: true };

describe('a slider', () => {
  it('reaches exactly the ends of its range', () => {
    for (const span of [rate, beta, count]) {
      expect(fromPosition(span, 0)).toBe(span.low);
      expect(fromPosition(span, POSITIONS)).toBe(span.high);
      expect([toPosition(span, span.low), toPosition(span, span.high)]).toEqual([0, POSITIONS]);
    }
  });

  it('is even in the logarithm where the Param says so', () => {
    expect(fromPosition(rate, POSITIONS / 7)).toBeCloseTo(1e-4, 6);
    expect(toPosition(rate, 0.1)).toBe(Math.round((4 / 7) * POSITIONS));
  });

  it('comes back to where a value put it', () => {
    for (const span of [rate, beta]) {
      for (let position = 0; position <= POSITIONS; position += 7) {
        expect(Math.abs(toPosition(span, fromPosition(span, position)) - position)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('shows no more figures than it can set', () => {
    expect(fromPosition(rate, 600)).toBe(0.158);
    expect(fromPosition(beta, 900)).toBe(0.8999);
    expect(Number.isInteger(fromPosition(count, 437))).toBe(true);
  });

  it('stands at an end for what is beyond it', () => {
    expect([toPosition(rate, 0), toPosition(rate, 1e9), toPosition(beta, -1)]).toEqual([0, POSITIONS, 0]);
  });
});
