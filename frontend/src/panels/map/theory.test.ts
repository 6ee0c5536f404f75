import { describe, expect, it } from 'vitest';
import type { Run } from '../../core/protocol/wire';
import type { MapAxis } from './axes';
import { edgeRate, edgesOf } from './theory';

const SGD: Run = { optimizer: { id: 'sgd', lr: 0.15, momentum: 0.5 }, start: [-2.5, 2.5] };
const ADAM: Run = { optimizer: { id: 'adam', lr: 0.05, betas: [0.9, 0.999] }, start: [-2.5, 2.5] };
const axis = (set: string): MapAxis => ({ set, scale: 'linear', low: 0, high: 1, least: 0, most: 1 });
const RATE = axis('runs[0].optimizer.lr');

describe('the edge of divergence', () => {
  it('is 2(1 + momentum) over the curvature and the weight decay', () => {
    expect(edgeRate(SGD, 20)?.(0)).toBeCloseTo(0.1);
    expect(edgeRate(SGD, 20)?.(0.9)).toBeCloseTo(0.19);
    expect(edgeRate({ ...SGD, optimizer: { ...SGD.optimizer, weight_decay: 5 } }, 20)?.(0)).toBeCloseTo(0.08);
  });

  it('is known of plain momentum on a quadratic alone', () => {
    expect(edgeRate(SGD, null)).toBeNull();
    expect(edgeRate(ADAM, 20)).toBeNull();
    for (const other of [{ nesterov: true }, { dampening: 0.5 }, { maximize: true }]) {
      expect(edgeRate({ ...SGD, optimizer: { ...SGD.optimizer, ...other } }, 20)).toBeNull();
    }
  });

  it('is drawn over rates: for momentum 0 and the momentum up, or for the run’s own', () => {
    const drawn = (run: Run, up: string, across = RATE) => edgesOf(run, [across, axis(up)], 20).map(({ formula, at }) => [formula, at(0.9)]);
    expect(drawn(SGD, 'runs[0].optimizer.momentum')).toEqual([['2', 0.1], ['2(1+μ)', expect.closeTo(0.19)]]);
    expect(drawn(SGD, 'runs[0].start[1]')).toEqual([['2(1+μ)', expect.closeTo(0.15)]]);
    expect(drawn(SGD, 'runs[0].optimizer.weight_decay')).toEqual([]);
    expect(drawn(SGD, 'runs[0].optimizer.lr', axis('runs[0].optimizer.momentum'))).toEqual([]);
  });
});
