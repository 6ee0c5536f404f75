import { describe, expect, it } from 'vitest';
import { between, shareOf, ticks, zoomed, type MapAxis } from './axes';

const RATE: MapAxis = { set: 'runs[0].optimizer.lr', scale: 'log', low: 0.001, high: 10, least: 1e-6, most: 100 };
const MOMENTUM: MapAxis = { set: 'runs[0].optimizer.momentum', scale: 'linear', low: 0, high: 0.99, least: 0, most: 0.99 };

describe('a place on an axis', () => {
  it('is a share of the way, of decades on a log scale', () => {
    expect(shareOf(RATE, 0.1)).toBeCloseTo(0.5);
    expect(shareOf(MOMENTUM, 0.495)).toBeCloseTo(0.5);
    expect([shareOf(RATE, 0.001), shareOf(RATE, 10)]).toEqual([0, 1]);
  });
});

describe('zoom and pan', () => {
  it('keep the value under the pointer', () => {
    const at = 0.3;
    const value = 0.001 * 10 ** (4 * at);
    expect(shareOf(zoomed(RATE, at, 0.2), value)).toBeCloseTo(at);
    expect(zoomed(RATE, 0.5, 0.5)).toMatchObject({ low: expect.closeTo(0.01), high: expect.closeTo(1) });
  });

  it('move by as much as was dragged', () => {
    expect(between(RATE, 0.25, 1.25)).toMatchObject({ low: expect.closeTo(0.01), high: expect.closeTo(100) });
  });

  it('stop at the limits without a change of width', () => {
    expect(between(MOMENTUM, -0.5, 0.5)).toMatchObject({ low: 0, high: 0.99 });
    expect(between(RATE, 0.75, 1.75)).toMatchObject({ low: expect.closeTo(0.01), high: expect.closeTo(100) });
    expect(zoomed(MOMENTUM, 0.5, 10)).toMatchObject({ low: 0, high: 0.99 });
  });

  it('go in until neighbours are the same number', () => {
    let axis: MapAxis = { ...MOMENTUM, least: -1 };
    for (let n = 0; n < 200; n += 1) axis = zoomed(axis, 0.7, 0.5);
    expect(axis.high).toBeGreaterThan(axis.low);
    expect(axis.high - axis.low).toBeLessThan(2e-10);
  });
});

describe('ticks', () => {
  it('are powers of ten on a log scale, fewer where there is little room', () => {
    expect(ticks(RATE, 5)).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(ticks(RATE, 3)).toEqual([0.001, 0.1, 10]);
  });

  it('are round steps on a linear one, and in a narrow log one', () => {
    expect(ticks(MOMENTUM, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(ticks({ ...RATE, low: 0.11, high: 0.29 }, 4)).toEqual([0.15, 0.2, 0.25]);
    expect(ticks({ ...MOMENTUM, low: -2, high: 2 }, 4)).toEqual([-2, -1, 0, 1, 2]);
  });
});
