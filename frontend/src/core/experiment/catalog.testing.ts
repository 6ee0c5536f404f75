/** A small catalog for tests; what the page really reads comes from the server. */
import type { Catalog } from '../protocol/wire';
import type { DatasetEntry, LossEntry, ModelEntry, OptimizerEntry, Param, ScheduleEntry, SurfaceEntry } from './catalog';

const words = (en: string) => ({ en, zh: en });

export function number(id: string, value: number): Param {
  return {
    kind: 'number', id, title: words(id), help: words(id), symbol: id, optional: false, default: value,
    minimum: 0, maximum: 1e6, above: false, below: false, low: 0, high: 1, scale: 'linear',
  };
}

export function betas(first: number, second: number): Param {
  const one = number('beta1', first);
  const two = number('beta2', second);
  if (one.kind !== 'number' || two.kind !== 'number') throw new Error('unreachable');
  return {
    kind: 'pair', id: 'betas', title: words('betas'), help: words('betas'), symbol: '', optional: false,
    first: one, second: two, ordered: false,
  };
}

function optimizer(id: string, known_lr: number, params: Param[]): OptimizerEntry {
  return {
    id, title: words(id), about: words(id), formula: [], source: '', params, known_lr, state: [],
    matrices_only: false, ours: false,
  };
}

function schedule(id: string, params: Param[]): ScheduleEntry {
  return { id, title: words(id), about: words(id), formula: [], source: '', params, ahead: id !== 'plateau' };
}

function surface(id: string, lr: number, starts: number[][], bounds: [number, number][]): SurfaceEntry {
  return {
    id, title: words(id), about: words(id), formula: '', source: '', params: [], bounds,
    starts: starts.map((at) => ({ at, title: words('start') })), points: [], lr, bounded: true, log_height: false,
  };
}

function dataset(id: string, known_lr: number, known_model: DatasetEntry['known_model'], known_loss: DatasetEntry['known_loss']): DatasetEntry {
  return {
    id, title: words(id), about: words(id), source: '', params: [], known_model, known_loss, known_lr, shape: null, missing: null, stored: false,
  };
}

function model(id: string): ModelEntry {
  return { id, title: words(id), about: words(id), formula: '', source: '', params: [], gives: 'raw' };
}

function loss(id: string, task: LossEntry['tasks'][number]): LossEntry {
  return { id, title: words(id), about: words(id), formula: '', source: '', params: [], tasks: [task], takes: 'raw', shown: 'value' };
}

const SQUARE: [number, number][] = [[-4, 4], [-4, 4]];

export const CATALOG: Catalog = {
  version: 1,
  torch: '2.13.0',
  max_runs: 8,
  max_edits: 1000,
  surfaces: [
    surface('beale', 0.01, [[1, 1], [3, -1]], SQUARE),
    surface('ravine', 0.15, [[-2.5, 2.5]], SQUARE),
    surface('curve', 0.3, [], [[0, 10]]),
  ],
  datasets: [
    dataset('line', 0.02, { id: 'linear', params: {} }, { id: 'mse', params: {} }),
    dataset('rings', 0.3, { id: 'mlp', params: { hidden: [8] } }, { id: 'bce_logits', params: {} }),
  ],
  models: [model('linear'), model('mlp')],
  losses: [loss('mse', 'regression'), loss('bce_logits', 'classification')],
  inits: [{ id: 'default', title: words('default'), about: words('default'), params: [] }],
  optimizers: [
    optimizer('sgd', 0.01, [number('lr', 0.001), number('momentum', 0), number('weight_decay', 0)]),
    optimizer('adam', 0.05, [number('lr', 0.001), betas(0.9, 0.999), number('weight_decay', 0)]),
    optimizer('nadam', 0.02, [number('lr', 0.002), betas(0.9, 0.999), number('momentum_decay', 0.004)]),
  ],
  schedules: [schedule('step', [number('gamma', 0.1)]), schedule('cosine', [number('eta_min', 0)]), schedule('plateau', [])],
  verdicts: {},
};
