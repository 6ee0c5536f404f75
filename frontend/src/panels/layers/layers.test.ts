import { describe, expect, it } from 'vitest';
import type { ModelMetrics } from '../../core/player/track';
import type { Layer } from '../../core/protocol/wire';
import { inRows, pace, pictureOf, rowsOf } from './layers';

const LAYERS: Layer[] = [
  { name: '0.weight', shape: [2, 3], weight: true },
  { name: '0.bias', shape: [2], weight: false },
];
const MEASURE: ModelMetrics = {
  step: 20, losses: [1, NaN, NaN], accuracy: [NaN, NaN, NaN], classes: 0, confusion: new Float32Array(0), layers: 2, sharpness: NaN,
  norms: new Float32Array([2, 0.5, 0.004, 0, 0.25, 0]),
  histograms: new Float32Array([-1, 1, 1, 2, 3, 0, 0, 2, 0, 0]),
};

describe('the rows of the panel', () => {
  it('belong to the tensors, in the order of the parameters', () => {
    const [weight, bias] = rowsOf(LAYERS, MEASURE);
    expect(weight).toMatchObject({ name: '0.weight', first: 0, size: 6, norm: 2, gradient: 0.5, low: -1, high: 1, counts: [1, 2, 3] });
    expect(weight?.ratio).toBeCloseTo(0.002, 6);
    expect(bias).toMatchObject({ first: 6, size: 2, gradient: 0.25, counts: [2, 0, 0] });
    expect(bias?.ratio).toBeNaN(); // nothing that could change by a share
  });

  it('are there before anything is measured', () => {
    expect(rowsOf(LAYERS, null).map(({ norm, counts }) => [norm, counts])).toEqual([[NaN, []], [NaN, []]]);
  });

  it('say whether a pace is healthy', () => {
    expect([1e-5, 1e-3, 0.1, 0, NaN].map(pace)).toEqual(['slow', 'healthy', 'fast', 'none', 'none']);
  });
});

describe('the numbers of a tensor', () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];

  it('stand in its rows', () => {
    const [weight, bias] = rowsOf(LAYERS, null);
    expect(inRows(numbers, weight!)).toEqual([[1, 2, 3], [4, 5, 6]]);
    expect(inRows(numbers, bias!)).toEqual([[7, 8]]);
  });

  it('are pictures where a row has a number for each pixel', () => {
    const row = rowsOf([{ name: 'weight', shape: [10, 64], weight: true }], null)[0]!;
    expect(pictureOf(row, [1, 8, 8])).toEqual({ channels: 1, tall: 8, wide: 8 });
    expect(pictureOf(row, [1, 4, 4])).toBeNull();
    expect(pictureOf(row, [])).toBeNull();
  });
});
