import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../core/protocol/wire';
import { applies, limitAt, tasksDone, type PageView } from './tasks';

const experiment = {
  version: 1, seed: 0, dtype: 'float32',
  problem: { kind: 'surface', id: 'ravine', params: { kappa: 10 } },
  runs: [
    { optimizer: { id: 'sgd', lr: 0.15 }, start: [-2.5, 2.5] },
    { optimizer: { id: 'adam', lr: 0.05 }, start: [-2.5, 2.5] },
  ],
  edits: [],
} as unknown as Experiment;
const starts = [[-2.5, 2.5], [-2.5, 2.5]];
const seen = (more: Partial<PageView> = {}): PageView => ({ experiment, head: 10, selected: 0, divergedAt: null, verdict: null, starts, point: [-1, 1], ...more });
const edited = (...edits: object[]): Experiment => ({ ...experiment, edits } as unknown as Experiment);

describe('the first minute', () => {
  it('begins with nothing done', () => expect(tasksDone(seen())).toEqual([]));

  it('knows a rate above the limit, at the step on screen', () => {
    const turned = edited({ step: 5, run: 0, set: { lr: 0.21 } });
    expect(tasksDone(seen({ experiment: turned }))).toEqual(['rate']);
    expect(tasksDone(seen({ experiment: turned, head: 3 }))).toEqual([]);
    expect(tasksDone(seen({ experiment: edited({ step: 5, run: 0, set: { lr: 0.2 } }) }))).toEqual([]);
    expect(tasksDone(seen({ experiment: edited({ step: 5, run: 1, set: { lr: 3 } }) }))).toEqual([]);
  });

  it('has the limit of the ravine and of the momentum on screen', () => {
    const ravine = (kappa: number, more: object = {}): Experiment => ({
      ...experiment,
      problem: { kind: 'surface', id: 'ravine', params: { kappa } },
      runs: [{ ...experiment.runs[0], optimizer: { id: 'sgd', lr: 0.01, ...more } }],
    } as Experiment);
    expect(limitAt(ravine(10), 0, [-1, 1])?.rate).toBeCloseTo(0.2);
    expect(limitAt(ravine(100), 0, [-1, 1])?.rate).toBeCloseTo(0.02);
    expect(limitAt(ravine(100, { momentum: 0.9 }), 0, [-1, 1])?.rate).toBeCloseTo(0.038);
    expect(limitAt(ravine(9, { weight_decay: 1 }), 0, [-1, 1])?.rate).toBeCloseTo(0.2);
    expect(limitAt(ravine(10, { maximize: true }), 0, [-1, 1])).toBeNull();
    const steep = { ...ravine(100), edits: [{ step: 5, run: 0, set: { lr: 0.03 } }] } as Experiment;
    expect(tasksDone(seen({ experiment: steep }))).toEqual(['rate']);
  });

  it('has the limit of the axes that the run can leave along', () => {
    const from = (...start: number[]): Experiment => ({ ...experiment, runs: [{ ...experiment.runs[0], start }] } as Experiment);
    expect(limitAt(from(-2.5, 0), 0, [-2.5, 0])).toEqual({ rate: 2, flat: true });
    expect(limitAt(from(0, 2.5), 0, [0, 2.5])).toEqual({ rate: 0.2, flat: false });
    expect(limitAt(from(-2.5, 2.5), 1, [-2.1, 0])).toEqual({ rate: 2, flat: true });
    expect(limitAt(from(-2.5, 0), 9, [1, 1])).toEqual({ rate: 0.2, flat: false });
    // In the minimum, another rate is offered from the start, if that is elsewhere.
    expect(limitAt(from(-2.5, 2.5), 900, [0, 0])).toEqual({ rate: 0.2, flat: false });
    expect(limitAt(from(0, 0), 0, [0, 0])).toBeNull();
    expect(limitAt(from(1, 1), 0, [])).toEqual({ rate: 0.2, flat: false });
    const turned = edited({ step: 5, run: 0, set: { lr: 0.4 } });
    expect(tasksDone(seen({ experiment: turned, point: [-1, 0] }))).toEqual([]);
  });

  it('knows no limit of a rate that changes by itself, nor of summed gradients', () => {
    const given = (more: object): Experiment => ({ ...experiment, runs: [{ ...experiment.runs[0], ...more }] } as unknown as Experiment);
    expect(limitAt(given({ schedule: { id: 'cosine' } }), 0, [1, 1])).toBeNull();
    expect(limitAt(given({ zero_grad: false }), 0, [1, 1])).toBeNull();
  });

  it('knows that the page said why: of that run, and not that it goes well', () => {
    const turned = edited({ step: 5, run: 0, set: { lr: 0.4 } });
    expect(tasksDone(seen({ experiment: turned, verdict: 'unstable' }))).toEqual(['rate', 'why']);
    expect(tasksDone(seen({ experiment: turned, divergedAt: 9 }))).toEqual(['rate', 'why']);
    expect(tasksDone(seen({ experiment: turned, verdict: 'descending' }))).toEqual(['rate']);
    expect(tasksDone(seen({ experiment: turned, verdict: 'unstable', selected: 1 }))).toEqual(['rate']);
    expect(tasksDone(seen({ verdict: 'unstable' }))).toEqual([]);
  });

  it('knows a moved point, on the way and at the start', () => {
    expect(tasksDone(seen({ experiment: edited({ step: 5, run: 1, params: [1, 1] }) }))).toEqual(['drag']);
    const begun = { ...experiment, runs: experiment.runs.map((run) => ({ ...run, start: [1, 2.5] })) };
    expect(tasksDone(seen({ experiment: begun }))).toEqual(['drag']);
  });

  it('has words for SGD in the ravine alone', () => {
    expect(applies(experiment)).toBe(true);
    expect(applies({ ...experiment, problem: { kind: 'surface', id: 'beale', params: {} } })).toBe(false);
    expect(applies({ ...experiment, runs: [...experiment.runs].reverse() })).toBe(false);
  });
});
