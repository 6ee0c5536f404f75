import { describe, expect, it } from 'vitest';
import { binned, endsOf, median, shareOf, ticks } from './histogram';

describe('a histogram on a logarithmic axis', () => {
  it('has bins of the same factor, with both ends in them', () => {
    expect(binned([0.001, 0.0099, 0.011, 0.5, 1], 0.001, 1, 3)).toEqual([2, 1, 2]);
    const [low, high] = endsOf(1, 0.001, 1, 3);
    expect([low, high].map((value) => Number(value.toPrecision(6)))).toEqual([0.01, 0.1]);
  });

  it('counts every value once', () => {
    const values = Array.from({ length: 200 }, (_, n) => 0.001 * 1000 ** (n / 199));
    expect(binned(values, 0.001, 1).reduce((sum, count) => sum + count)).toBe(200);
  });

  it('places what is beyond the ends at them', () => {
    expect([shareOf(1e-9, 0.01, 1), shareOf(0.1, 0.01, 1), shareOf(50, 0.01, 1)]).toEqual([0, 0.5, 1]);
  });

  it('labels powers of ten, more where they are few, and not all where they are many', () => {
    expect(ticks(0.001, 1)).toEqual([0.001, 0.01, 0.1, 1]);
    expect(ticks(1, 30)).toEqual([1, 2, 5, 10, 20]);
    expect(ticks(1e-9, 1e3).length).toBeLessThan(8);
    expect(ticks(2.1, 2.2)).toEqual([2.1, 2.2]);
  });

  it('knows the middle', () => {
    expect([median([1, 2, 9]), median([1, 3])]).toEqual([2, 2]);
  });
});
