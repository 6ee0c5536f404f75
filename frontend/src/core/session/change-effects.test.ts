import { describe, expect, it } from 'vitest';
import { removeRun, setHyperparameter, setStart } from '../experiment/changes';
import type { Experiment } from '../protocol/wire';
import { differences, discardedBy, marksAfter } from './change-effects';
import { experimentOf } from './fake-server.testing';
import type { Replaced } from './types';

const change = (before: Experiment, experiment: Experiment, more: Partial<Replaced> = {}): Replaced => ({
  before: { experiment: before, step: 0, last: 50 },
  seen: 40, experiment, from: experiment.runs.map((_, n) => n), step: null, gesture: 0, moment: null, ...more,
});
const EDITED: Experiment = {
  ...experimentOf(0.1, 2),
  edits: [{ step: 5, run: 0, set: { lr: 0.2 } }, { step: 9, run: 1, params: [2] }, { step: 20, run: 0, set: { lr: 0.3 } }],
};

describe('marks', () => {
  it('stay with their runs; a new run gets the first that is free', () => {
    expect(marksAfter([], [null, null])).toEqual([0, 1]);
    expect(marksAfter([0, 1, 2], [1, 2])).toEqual([1, 2]);
    expect(marksAfter([1, 2], [0, 1, null])).toEqual([1, 2, 0]);
    expect(marksAfter([0, 1], [0, null, 1])).toEqual([0, 2, 1]);
    expect(marksAfter([0, 1], [0, 0])).toEqual([0, 1]);
    expect(marksAfter([3], [0, null, null, null, null, null, null, null])).toEqual([3, 0, 1, 2, 4, 5, 6, 7]);
  });
});

describe('what a change discards', () => {
  it('is nothing while the latest step is on screen, or where a run is added or removed', () => {
    const edited = { ...EDITED, edits: [...(EDITED.edits ?? []), { step: 40, run: 0, set: { lr: 1 } }] };
    expect(discardedBy(change(EDITED, edited, { step: 40 }))).toBeNull();
    expect(discardedBy(change(EDITED, removeRun(EDITED, 0), { from: [1] }))).toBeNull();
    const added = { ...EDITED, runs: [...EDITED.runs, { optimizer: { id: 'adam' }, start: [1] }] };
    expect(discardedBy(change(EDITED, added, { from: [0, 1, null] }))).toBeNull();
  });

  it('is the steps that were seen after an earlier one, and the later edits of the run', () => {
    const edits = [{ step: 5, run: 0, set: { lr: 0.2 } }, { step: 9, run: 1, params: [2] }, { step: 12, run: 0, set: { lr: 1 } }];
    const found = discardedBy(change(EDITED, { ...EDITED, edits }, { step: 12 }));
    expect(found).toMatchObject({ step: 12, seen: 40, runs: [0], edits: [{ step: 20, run: 0 }] });
  });

  it('is no edit that the change replaces at the same step', () => {
    const edits = [{ step: 5, run: 0, set: { lr: 9 } }, { step: 9, run: 1, params: [2] }];
    expect(discardedBy(change(EDITED, { ...EDITED, edits }, { step: 5 }))?.edits).toEqual([{ step: 20, run: 0, set: { lr: 0.3 } }]);
  });

  it('is all that was seen where the start is moved, as by a stray click', () => {
    const found = discardedBy(change(EDITED, setStart(EDITED, [3])));
    expect(found).toMatchObject({ step: 0, seen: 40, runs: [0, 1], edits: [{ step: 9, run: 1 }] });
    expect(discardedBy(change(experimentOf(), setStart(experimentOf(), [3]), { seen: 0 }))).toBeNull();
  });

  it('is of the changed run alone', () => {
    const before = experimentOf(0.1, 2);
    expect(discardedBy(change(before, setHyperparameter(before, 1, { lr: 1 })))).toMatchObject({ step: 0, seen: 40, runs: [1], edits: [] });
  });

  it('with another problem, is the edits', () => {
    const problem = { kind: 'surface' as const, id: 'bowl', params: {} };
    const found = discardedBy(change(EDITED, { ...experimentOf(0.1, 2), problem }));
    expect(found).toMatchObject({ seen: null, runs: [0, 1] });
    expect(found?.edits.length).toBe(3);
  });
});

describe('what differs', () => {
  it('is named by field, so that the same one changed again is known', () => {
    const before = experimentOf(0.1, 2);
    expect(differences(before, setHyperparameter(before, 1, { lr: 3 }))).toBe('.runs.1.optimizer.lr');
    expect(differences(before, setStart(before, [3, 4], 0))).toBe('.runs.0.start');
    expect(differences(before, { ...before, seed: 3 })).toBe('.seed');
    const typed = (expression: string, more = {}) => ({ ...before, problem: { kind: 'surface' as const, id: 'expression', params: { expression, ...more } } });
    expect(differences(typed('x'), typed('ax', { a: 1 }))).toBe('.problem.params');
    const edit = (step: number, lr: number) => ({ ...before, edits: [{ step, run: 0, set: { lr } }] });
    expect(differences(before, edit(3, 1))).toBe('0 lr');
    expect(differences(edit(3, 1), edit(4, 2))).toBe('0 lr');
    expect(differences(before, before)).toBe('');
  });
});
