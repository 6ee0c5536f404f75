import { describe, expect, it } from 'vitest';
import type { DataPicture, Experiment } from '../../core/protocol/wire';
import { pointsOf, rowOf, withPoints } from './points';

const experiment = {
  version: 1,
  problem: {
    kind: 'learning',
    dataset: { id: 'points', params: { points: [[1, 2, 0], [3, 4, 1]] } },
    model: { id: 'logistic', params: {} },
    loss: { id: 'bce', params: {} },
    split: { dev: 0.25, test: 0 },
  },
  runs: [{ optimizer: { id: 'sgd', lr: 0.1 }, start: { init: 'default' } }],
  edits: [{ step: 3, run: 0, set: { lr: 0.2 } }],
} as unknown as Experiment;

describe('points by hand', () => {
  it('are the rows of the data set that has them', () => {
    expect(pointsOf(experiment)).toEqual([[1, 2, 0], [3, 4, 1]]);
    expect(pointsOf({ ...experiment, problem: { kind: 'surface', id: 'ravine' } } as Experiment)).toBeNull();
    const circle = { ...experiment.problem, dataset: { id: 'circle', params: {} } };
    expect(pointsOf({ ...experiment, problem: circle } as Experiment)).toBeNull();
  });

  it('make another experiment; edits go, all else stays', () => {
    const next = withPoints(experiment, [[5, 6, 1]]);
    expect(pointsOf(next)).toEqual([[5, 6, 1]]);
    expect(next.edits).toEqual([]);
    expect(next.problem).toMatchObject({ model: { id: 'logistic' }, split: { dev: 0.25 } });
    expect(pointsOf(experiment)).toHaveLength(2);
  });

  it('have a class on a map and none on a curve', () => {
    expect(rowOf({ kind: 'map' } as DataPicture, 1, 2, 1)).toEqual([1, 2, 1]);
    expect(rowOf({ kind: 'curve' } as DataPicture, 1, 2, 1)).toEqual([1, 2]);
  });
});
