import { describe, expect, it } from 'vitest';
import type { Experiment } from '../protocol/wire';
import { surfaceEntry, type SurfaceEntry } from './catalog';
import {
  addRun, duplicateRun, removeRun, setHyperparameter, setOptimizer, setStart, withParams, withProblem,
} from './changes';
import { CATALOG } from './catalog.testing';
import { compact } from './compact';
import { firstStart, newRun, opening, replacement } from './defaults';
import { hyperparametersAt } from './hyperparameters';
import { startPoint } from './problem';

function entry(id: string): SurfaceEntry {
  const found = surfaceEntry(CATALOG, id);
  if (!found) throw new Error(id);
  return found;
}

/** Three runs and an edit of each kind; frozen, so that whoever changes it in place fails. */
const RACE: Experiment = frozen({
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: { kappa: 10 } },
  seed: 0,
  dtype: 'float32',
  runs: [
    { optimizer: { id: 'sgd', lr: 0.1, momentum: 0 }, start: [1, 1] },
    { optimizer: { id: 'adam', lr: 0.2 }, start: [2, 2] },
    { optimizer: { id: 'sgd', lr: 0.3 }, start: [3, 3] },
  ],
  edits: [
    { step: 10, run: 0, set: { lr: 0.01 }, optimizer: null, params: null },
    { step: 20, run: 1, params: [9, 9] },
    { step: 30, run: 0, optimizer: { id: 'adam', lr: 0.5 } },
    { step: 30, run: 0, set: { eps: 1e-4 } },
    { step: 40, run: 2, set: { lr: 7 } },
  ],
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe('the opening experiment', () => {
  it('is SGD and Adam on the ravine, at its start and at known rates', () => {
    const experiment = opening(CATALOG);
    expect(experiment.problem).toMatchObject({ kind: 'surface', id: 'ravine' });
    expect(experiment.runs).toEqual([
      { optimizer: { id: 'sgd', lr: 0.15 }, start: [-2.5, 2.5] },
      { optimizer: { id: 'adam', lr: 0.05 }, start: [-2.5, 2.5] },
    ]);
  });

  it('is compiled', () => {
    expect(opening(CATALOG).engine).toBe('compiled');
  });

  it('takes the first surface where there is no ravine', () => {
    const poorer = { ...CATALOG, surfaces: [entry('beale')] };
    expect(opening(poorer).problem).toMatchObject({ kind: 'surface', id: 'beale' });
  });
});

describe('newRun', () => {
  it("has the surface's rate for plain descent and the optimizer's own otherwise", () => {
    expect(newRun(CATALOG, 'sgd', entry('beale'))).toEqual({ optimizer: { id: 'sgd', lr: 0.01 }, start: [1, 1] });
    expect(newRun(CATALOG, 'nadam', entry('beale')).optimizer).toEqual({ id: 'nadam', lr: 0.02 });
  });

  it('starts inside the view of a surface without starts', () => {
    expect(firstStart(entry('curve'))).toEqual([8]);
  });
});

describe('withProblem', () => {
  it('keeps the runs, moves them to the first start and drops the edits', () => {
    const moved = withProblem(CATALOG, RACE, 'beale');
    expect(moved.problem).toEqual({ kind: 'surface', id: 'beale', params: {} });
    expect(moved.runs.map((run) => run.optimizer)).toEqual(RACE.runs.map((run) => run.optimizer));
    expect(moved.runs.map((run) => run.start)).toEqual([[1, 1], [1, 1], [1, 1]]);
    expect(moved.edits).toEqual([]);
    expect(() => withProblem(CATALOG, RACE, 'nowhere')).toThrow(RangeError);
  });

  it('begins a compiled experiment; a change of params keeps the engine', () => {
    expect(RACE.engine).toBeUndefined();
    expect(withProblem(CATALOG, RACE, 'beale').engine).toBe('compiled');
    expect(withParams(RACE, { kappa: 100 }).engine).toBeUndefined();
    expect(withParams({ ...RACE, engine: 'compiled' }, { kappa: 100 }).engine).toBe('compiled');
  });

  it('keeps starts when only params of the surface change', () => {
    const steeper = withParams(RACE, { kappa: 100 });
    expect(steeper.problem).toEqual({ ...RACE.problem, params: { kappa: 100 } });
    expect(steeper.runs).toEqual(RACE.runs);
  });
});

describe('runs', () => {
  it('are added at the end', () => {
    const run = newRun(CATALOG, 'adam', entry('ravine'));
    expect(addRun(RACE, run).runs[3]).toEqual(run);
  });

  it('are duplicated with their edits, and later runs keep theirs', () => {
    const more = duplicateRun(RACE, 1);
    expect(more.runs.map((run) => startPoint(run)?.[0])).toEqual([1, 2, 2, 3]);
    expect(more.edits?.map((edit) => [edit.step, edit.run])).toEqual([[10, 0], [20, 1], [20, 2], [30, 0], [30, 0], [40, 3]]);
  });

  it('are removed with their edits, and later runs keep theirs', () => {
    const fewer = removeRun(RACE, 1);
    expect(fewer.runs.map((run) => startPoint(run)?.[0])).toEqual([1, 3]);
    expect(fewer.edits?.map((edit) => [edit.step, edit.run])).toEqual([[10, 0], [30, 0], [30, 0], [40, 1]]);
    expect(() => removeRun(RACE, 3)).toThrow(RangeError);
  });

  it('are never all removed', () => {
    const alone = opening({ ...CATALOG, optimizers: [] });
    const one = removeRun(alone, 0);
    expect(removeRun(one, 0).runs.length).toBe(1);
  });

  it('start together unless told otherwise', () => {
    expect(setStart(RACE, [5, 6]).runs.map((run) => run.start)).toEqual([[5, 6], [5, 6], [5, 6]]);
    expect(setStart(RACE, [5, 6]).edits?.some((edit) => edit.params)).toBe(false);
    const one = setStart(RACE, [5, 6], 2);
    expect(one.runs.map((run) => run.start)).toEqual([[1, 1], [2, 2], [5, 6]]);
    expect(one.edits).toEqual(RACE.edits);
  });

  it('begin with other hyperparameters', () => {
    expect(setHyperparameter(RACE, 0, { lr: 9 }).runs[0]?.optimizer).toEqual({ id: 'sgd', lr: 9, momentum: 0 });
  });

  it('get another optimizer, without the edits of the old one', () => {
    const changed = setOptimizer(CATALOG, RACE, 0, 'nadam', entry('ravine').lr);
    expect(changed.runs[0]).toEqual({ optimizer: { id: 'nadam', lr: 0.02 }, start: [1, 1] });
    expect(changed.edits?.map((edit) => edit.run)).toEqual([1, 2]);
  });
});

describe('replacement', () => {
  const from = { id: 'adam', lr: 3, betas: [0.5, 0.999], weight_decay: 0.1, amsgrad: true };

  it('keeps what both have and what was not at its default', () => {
    expect(replacement(CATALOG, from, 'nadam', entry('ravine').lr)).toEqual({ id: 'nadam', lr: 0.02, betas: [0.5, 0.999] });
    expect(replacement(CATALOG, from, 'sgd', entry('ravine').lr)).toEqual({ id: 'sgd', lr: 0.15, weight_decay: 0.1 });
    const plain = { id: 'adam', lr: 3, betas: [0.9, 0.999], weight_decay: 0 };
    expect(replacement(CATALOG, plain, 'nadam', entry('ravine').lr)).toEqual({ id: 'nadam', lr: 0.02 });
  });

  it('changes nothing for the same optimizer', () => {
    expect(replacement(CATALOG, from, 'adam', entry('ravine').lr)).toBe(from);
  });
});

describe('hyperAt', () => {
  it('has the edits up to and including the step', () => {
    expect(hyperparametersAt(RACE, 0, 0)).toEqual({ id: 'sgd', lr: 0.1, momentum: 0 });
    expect(hyperparametersAt(RACE, 0, 9)['lr']).toBe(0.1);
    expect(hyperparametersAt(RACE, 0, 10)).toEqual({ id: 'sgd', lr: 0.01, momentum: 0 });
    expect(hyperparametersAt(RACE, 0, 29)['lr']).toBe(0.01);
    expect(hyperparametersAt(RACE, 0, 30)).toEqual({ id: 'adam', lr: 0.5, eps: 1e-4 });
  });

  it('is of one run, and is not changed by a move', () => {
    expect(hyperparametersAt(RACE, 1, 1000)).toEqual({ id: 'adam', lr: 0.2 });
    expect(hyperparametersAt(RACE, 2, 40)['lr']).toBe(7);
    expect(() => hyperparametersAt(RACE, 3, 0)).toThrow(RangeError);
  });
});

describe('lean', () => {
  it('leaves out only the changes that an edit does not make', () => {
    expect(compact(RACE).edits?.[0]).toEqual({ step: 10, run: 0, set: { lr: 0.01 } });
    expect(compact(RACE).edits?.slice(1)).toEqual(RACE.edits?.slice(1));
    expect(compact(RACE).runs).toEqual(RACE.runs);
  });
});
