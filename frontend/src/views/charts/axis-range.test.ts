import { describe, expect, it } from 'vitest';
import { AxisRange, stepRange } from './axis-range';

describe('stepRange', () => {
  it('grows by whole steps', () => {
    expect([0, 100, 101, 201, 501, 1001, 4000].map(stepRange)).toEqual([100, 100, 200, 500, 1000, 2000, 5000]);
  });
});

describe('AxisRange', () => {
  it('holds every value taken near the scene, and grows a few times only', () => {
    const range = new AxisRange(false, true);
    let grown = 0;
    for (let n = 0; n <= 1000; n++) if (range.add(n / 10, true)) grown++;
    expect(range.low).toBeLessThanOrEqual(0);
    expect(range.high).toBeGreaterThanOrEqual(100);
    expect(grown).toBeLessThan(40);
  });

  it('follows a run that leaves the scene for a while only', () => {
    const range = new AxisRange(false, true);
    range.add(-4, true);
    range.add(4, true);
    for (let n = 1; n < 300; n++) range.add(10 ** n, false);
    expect(range.high).toBeLessThan(20);
    const log = new AxisRange(true, true);
    log.add(1, true);
    for (let n = 1; n < 300; n++) log.add(10 ** n, false);
    expect(log.high).toBeLessThanOrEqual(4);
  });

  it('is not changed by a value that is not finite', () => {
    const range = new AxisRange(true, true);
    range.add(1, true);
    const before = [range.low, range.high];
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 0, -1]) expect(range.add(value, true)).toBe(false);
    expect([range.low, range.high]).toEqual(before);
  });

  it('shows a limited number of decades', () => {
    const range = new AxisRange(true, false);
    range.add(1, true);
    range.add(1e-300, true);
    expect(range.high - range.low).toBeLessThan(20);
  });

  it('does not magnify the last digits of a value that is nearly constant', () => {
    const range = new AxisRange(false, true);
    range.add(5, true);
    range.add(5.000001, true);
    expect(range.high - range.low).toBeGreaterThan(0.4);
  });

  it('ends where there are no larger values', () => {
    const range = new AxisRange(false, false, 1);
    for (const value of [0.4, 0.97, 1]) range.add(value, true);
    expect([range.low, range.high]).toEqual([0, 1]);
  });

  it('begins a linear axis of sizes at 0', () => {
    const range = new AxisRange(false, false);
    range.add(7, true);
    expect(range.low).toBe(0);
    expect(range.high).toBeGreaterThan(7);
  });
});
