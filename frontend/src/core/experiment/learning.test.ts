import { describe, expect, it } from 'vitest';
import type { Experiment } from '../protocol/wire';
import { datasetEntry, type DatasetEntry } from './catalog';
import { CATALOG } from './catalog.testing';
import { opening } from './defaults';
import { knownProblem, onDataset, withPlainSgd, withPart, withPartParam, withLearning } from './learning';
import { problemEntry, knownRateOf, availableOptimizers, parameterNames, shortName, parameterCount, surfaceOf } from './problem';

function entry(id: string): DatasetEntry {
  const found = datasetEntry(CATALOG, id);
  if (!found) throw new Error(id);
  return found;
}

const LINE = knownProblem(entry('line'));
/** Two runs, a branch and an edit on a line. */
const RACE: Experiment = {
  version: 1,
  problem: LINE,
  seed: 5,
  runs: [
    { optimizer: { id: 'sgd', lr: 0.5, momentum: 0.9 }, start: [1, 2] },
    { optimizer: { id: 'adam', lr: 0.5 }, start: { init: 'normal', std: 0.1 } },
    { optimizer: { id: 'adam', lr: 0.5 }, start: { init: 'normal', std: 0.1 }, fork: { run: 1, step: 3 } },
  ],
  edits: [{ step: 3, run: 0, set: { lr: 0.1 } }],
};

describe('a data set', () => {
  it('comes with what is known to suit it', () => {
    expect(knownProblem(entry('rings'), { seed: 3 })).toEqual({
      kind: 'learning',
      dataset: { id: 'rings', params: { seed: 3 } },
      model: { id: 'mlp', params: { hidden: [8] } },
      loss: { id: 'bce_logits', params: {} },
    });
  });

  it('takes the optimizers over, at known rates and from a drawn start; edits and branches go', () => {
    const problem = knownProblem(entry('rings'));
    const moved = onDataset(CATALOG, RACE, entry('rings'), problem);
    expect(moved).toMatchObject({ problem, seed: 5, edits: [] });
    expect(moved.runs).toEqual([
      { optimizer: { id: 'sgd', lr: 0.3, momentum: 0.9 }, start: { init: 'default' } },
      { optimizer: { id: 'adam', lr: 0.05 }, start: { init: 'default' } },
    ]);
  });

  it('begins a compiled experiment; a change of its problem keeps the engine', () => {
    const problem = knownProblem(entry('rings'));
    const begun = onDataset(CATALOG, RACE, entry('rings'), problem);
    expect(begun.engine).toBe('compiled');
    expect(withPlainSgd(CATALOG, begun, entry('rings')).engine).toBe('compiled');
    expect(withLearning({ ...begun, engine: 'eager' }, problem).engine).toBe('eager');
  });

  it('can be begun from a surface, and by plain descent alone', () => {
    const moved = onDataset(CATALOG, opening(CATALOG), entry('line'), LINE);
    expect(moved.runs.map((run) => run.optimizer)).toEqual([{ id: 'sgd', lr: 0.02 }, { id: 'adam', lr: 0.05 }]);
    expect(withPlainSgd(CATALOG, moved, entry('line')).runs).toEqual([{ optimizer: { id: 'sgd', lr: 0.02 }, start: { init: 'default' } }]);
  });
});

describe('a change of the problem', () => {
  it('keeps written starts where the parameters are the same ones', () => {
    const next = withLearning(RACE, { ...LINE, batch: { size: 4 } });
    expect(next.runs.map((run) => run.start)).toEqual([[1, 2], { init: 'normal', std: 0.1 }]);
    expect(next.edits).toEqual([]);
  });

  it('draws them anew where the model is another; starts that are drawn stay', () => {
    const next = withLearning(RACE, withPartParam(LINE, 'model', 'bias', false));
    expect(next.problem).toMatchObject({ model: { id: 'linear', params: { bias: false } } });
    expect(next.runs.map((run) => run.start)).toEqual([{ init: 'default' }, { init: 'normal', std: 0.1 }]);
  });

  it('puts another entry in the place of one, with its own defaults', () => {
    expect(withPart(knownProblem(entry('rings')), 'model', 'linear').model).toEqual({ id: 'linear', params: {} });
  });
});

describe('what stands where', () => {
  it('tells a surface from a data set', () => {
    expect(surfaceOf(CATALOG, opening(CATALOG))?.id).toBe('ravine');
    expect(surfaceOf(CATALOG, RACE)).toBeUndefined();
    expect(problemEntry(CATALOG, LINE)?.title).toEqual({ en: 'line', zh: 'line' });
    expect(knownRateOf(CATALOG, LINE)).toBe(0.02);
    expect(shortName(LINE)).toBe('line-linear');
  });

  it('offers optimizers of matrices to models alone', () => {
    const [first] = CATALOG.optimizers;
    if (!first) throw new Error('no optimizer');
    const catalog = { ...CATALOG, optimizers: [first, { ...first, id: 'muon', matrices_only: true }] };
    expect(availableOptimizers(catalog, LINE).map((one) => one.id)).toEqual(['sgd', 'muon']);
    expect(availableOptimizers(catalog, opening(CATALOG).problem).map((one) => one.id)).toEqual(['sgd']);
  });

  it('counts and names parameters', () => {
    const layers = [{ name: '0.weight', shape: [2, 2], weight: true }, { name: '0.bias', shape: [1], weight: false }];
    expect(parameterCount(layers)).toBe(5);
    expect(parameterNames(layers)).toEqual(['w1', 'w2', 'w3', 'w4', 'b']);
    expect(parameterNames([])).toEqual([]);
  });
});
