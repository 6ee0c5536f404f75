import { describe, expect, it } from 'vitest';
import { CATALOG, number } from '../../core/experiment/catalog.testing';
import type { Catalog, Experiment, Run, Scene } from '../../core/protocol/wire';
import { fieldsOf, type Field } from './fields';
import { presetsOf } from './presets';

const SCENE = { dim: 2, names: ['x', 'y'], bounds: [[-4, 4], [-3, 3]] } as unknown as Scene;
const SGD: Run = { optimizer: { id: 'sgd', lr: 0.15, momentum: 0.5 }, start: [-2.5, 2.5] };
const ADAM: Run = { optimizer: { id: 'adam', lr: 0.05, betas: [0.9, 0.999] }, start: [-2.5, 2.5] };
const RAVINE: Experiment = { version: 1, problem: { kind: 'surface', id: 'ravine', params: {} }, runs: [SGD] };
const NET: Experiment = {
  version: 1,
  problem: { kind: 'learning', dataset: { id: 'line', params: { count: 100 } }, model: { id: 'mlp' }, loss: { id: 'mse' }, split: { dev: 0.2, test: 0 } },
  runs: [{ optimizer: SGD.optimizer, start: { init: 'default' } }],
};
/** With the params that the small catalog lacks. */
const FULL: Catalog = {
  ...CATALOG,
  surfaces: CATALOG.surfaces.map((one) => (one.id === 'ravine' ? { ...one, params: [number('kappa', 10)] } : one)),
  inits: [...CATALOG.inits, { ...CATALOG.inits[0], id: 'normal', params: [number('std', 0.01)] } as Catalog['inits'][number]],
};

const find = (fields: readonly Field[], set: string) => fields.find((field) => field.set === set);

describe('the numbers of a map', () => {
  it('are those of the optimizer, the start and the problem', () => {
    const fields = fieldsOf(FULL, RAVINE, ADAM, SCENE);
    expect(fields.map(({ set }) => set)).toEqual([
      'runs[0].optimizer.lr', 'runs[0].optimizer.betas[0]', 'runs[0].optimizer.betas[1]', 'runs[0].optimizer.weight_decay',
      'runs[0].start[0]', 'runs[0].start[1]', 'problem.params.kappa',
    ]);
    expect(find(fields, 'runs[0].optimizer.betas[0]')).toMatchObject({ low: 0, high: 0.99, most: 0.99 });
    expect(find(fields, 'runs[0].start[1]')).toMatchObject({ low: -3, high: 3, title: 'start y' });
  });

  it('begin with rates round the one known to work', () => {
    expect(fieldsOf(FULL, RAVINE, SGD, SCENE)[0]).toMatchObject({ scale: 'log', low: expect.closeTo(0.0015), high: expect.closeTo(4.5) });
  });

  it('leave Nesterov some momentum', () => {
    const fields = fieldsOf(FULL, RAVINE, { ...SGD, optimizer: { ...SGD.optimizer, nesterov: true } }, SCENE);
    expect(find(fields, 'runs[0].optimizer.momentum')?.low).toBe(0.01);
  });

  it('of a net are its initial scale, the batch up to what is trained on, penalties and the seed', () => {
    const fields = fieldsOf(FULL, NET, NET.runs[0] as Run, null);
    for (const set of ['runs[0].start.std', 'problem.penalty.l2', 'seed']) expect(find(fields, set), set).toBeDefined();
    expect(find(fields, 'problem.batch.size')).toMatchObject({ whole: true, low: 1, high: 80, most: 80 });
    expect(find(fieldsOf(FULL, NET, SGD, null), 'runs[0].start.std')).toBeUndefined();
  });
});

describe('the presets', () => {
  const presets = (experiment: Experiment, run: Run, scene: Scene | null) =>
    presetsOf(fieldsOf(FULL, experiment, run, scene), scene).map((pair) => pair.map((set) => set.replace(/^.*[.]/, '')).join(' × '));

  it('are those that the run and its problem have', () => {
    expect(presets(RAVINE, SGD, SCENE)).toEqual(['lr × momentum', 'start[0] × start[1]', 'lr × kappa']);
    expect(presets(RAVINE, ADAM, SCENE)[0]).toBe('lr × betas[0]');
    expect(presets(NET, NET.runs[0] as Run, null)).toEqual(['lr × momentum', 'lr × std', 'lr × size']);
  });

  it('of one variable and no momentum are the rate by the start', () => {
    const line = { dim: 1, names: ['x'], bounds: [[0, 10]] } as unknown as Scene;
    const bare: Catalog = { ...FULL, optimizers: [{ ...(FULL.optimizers[0] as Catalog['optimizers'][number]), params: [number('lr', 0.1)] }] };
    expect(presetsOf(fieldsOf(bare, { ...RAVINE, problem: { kind: 'surface', id: 'curve' } }, SGD, line), line)).toEqual([['runs[0].optimizer.lr', 'runs[0].start[0]']]);
  });
});
