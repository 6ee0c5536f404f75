import { describe, expect, it } from 'vitest';
import { fakeSession } from '../bench/recording';
import type { Experiment, Track } from '../session/types';
import { limitAt } from './column';
import { SERIES, limits } from './series';

const experiment = (edits: NonNullable<Experiment['edits']>): Experiment => ({
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: {} },
  runs: [{ optimizer: { id: 'sgd', lr: 0.1 }, start: [1, 1] }, { optimizer: { id: 'lbfgs' }, start: [1, 1] }],
  edits,
});

describe('limits', () => {
  it('is a staircase of 2/lr over the edits of that run', () => {
    const edited = experiment([
      { step: 10, run: 0, set: { lr: 0.5 } },
      { step: 20, run: 1, set: { lr: 4 } },
      { step: 30, run: 0, set: { momentum: 0.9 } },
    ]);
    expect(limits(edited, 0)).toEqual([{ step: 0, limit: 20 }, { step: 10, limit: 4 }]);
  });

  it('takes an edit at step 0 for the beginning', () => {
    expect(limits(experiment([{ step: 0, run: 0, set: { lr: 1 } }]), 0)).toEqual([{ step: 0, limit: 2 }]);
  });

  it('has no limit without a learning rate above 0', () => {
    expect(limits(experiment([]), 1)).toEqual([]);
    const edited = limits(experiment([{ step: 5, run: 0, set: { lr: 0 } }]), 0);
    expect(limitAt(edited, 4)).toBe(20);
    expect(limitAt(edited, 5)).toBeNaN();
  });
});

describe('SERIES', () => {
  it('reads the record asked for', () => {
    const track = fakeSession('ravine', 10).frame.recording.tracks[0] as Track;
    const read = (id: string, line = 0): number => SERIES.find((one) => one.id === id)?.value(track, 0, line) as number;
    expect(read('loss')).toBeCloseTo(0.5 * (2.5 ** 2 + 10 * 2.5 ** 2));
    expect([read('params', 0), read('params', 1)]).toEqual([-2.5, 2.5]);
    expect([read('grads', 0), read('grads', 1)]).toEqual([-2.5, 25]);
    expect(read('curvature')).toBe(10);
  });

  it('does not hide a curvature that is no number', () => {
    const track = { dim: 2, eigenvalues: Float64Array.of(Number.NaN, 3, -5, 2) } as unknown as Track;
    const curvature = SERIES.find((one) => one.id === 'curvature');
    expect(curvature?.value(track, 0, 0)).toBeNaN();
    expect(curvature?.value(track, 1, 0)).toBe(5);
  });
});
