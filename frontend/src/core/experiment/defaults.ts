/** Default experiments and runs, from the catalog's known rates and starts. */
import type { Catalog, Experiment, OptimizerSpec, Run, Value } from '../protocol/wire';
import { defaultOf, optimizerEntry, surfaceEntry, type Param, type SurfaceEntry } from './catalog';

/** The opening experiment shows why optimizers differ. */
const OPENING = { surface: 'ravine', optimizers: ['sgd', 'adam'] };

/** The known rate of a surface or a data set is for this optimizer. */
export const PLAIN_SGD = 'sgd';

/** New experiments are stepped by kernels; one without the field, as in an older link, by PyTorch. */
export const NEW_ENGINE = 'compiled' satisfies Experiment['engine'];

/** Steps a second at first: slow enough to follow each one; of a compiled net, fast enough to learn within ten seconds. */
const FIRST_SPEED = { surface: 10, learning: 60 };

/** Steps a second until the user chooses a speed. */
export function firstSpeed({ problem, engine }: Experiment): number {
  return FIRST_SPEED[engine === 'compiled' ? problem.kind : 'surface'];
}

/** SGD and Adam on a ravine. */
export function opening(catalog: Catalog): Experiment {
  const surface = surfaceEntry(catalog, OPENING.surface) ?? catalog.surfaces[0];
  if (!surface) throw new Error('the catalog has no surface');
  return {
    version: 1,
    problem: { kind: 'surface', id: surface.id, params: {} },
    seed: 0,
    dtype: 'float32',
    engine: NEW_ENGINE,
    runs: OPENING.optimizers.map((id) => newRun(catalog, id, surface)),
    edits: [],
  };
}

/** A run from the surface's first start at a known rate; other hyperparameters are the server's defaults. */
export function newRun(catalog: Catalog, optimizerId: string, surface: SurfaceEntry): Run {
  return { optimizer: newOptimizer(catalog, optimizerId, surface.lr), start: firstStart(surface) };
}

/** sgdRate: the known rate of plain gradient descent on the problem; other optimizers have a known rate of their own. */
export function newOptimizer(catalog: Catalog, optimizerId: string, sgdRate: number): OptimizerSpec {
  const entry = optimizerEntry(catalog, optimizerId);
  return { id: optimizerId, ...(entry && { lr: entry.id === PLAIN_SGD ? sgdRate : entry.known_lr }) };
}

/**
 * Another optimizer in place of `old`. Keeps the hyperparameters that both have and that were not at their default
 * (weight decay, momentum, betas …), except the rate: a good rate for one optimizer is none for another.
 */
export function replacement(catalog: Catalog, old: OptimizerSpec, optimizerId: string, sgdRate: number): OptimizerSpec {
  if (old.id === optimizerId) return old;
  const before = optimizerEntry(catalog, old.id)?.params ?? [];
  const after = optimizerEntry(catalog, optimizerId)?.params ?? [];
  const spec: OptimizerSpec = newOptimizer(catalog, optimizerId, sgdRate);
  for (const param of after) {
    const same = before.find((other) => other.id === param.id && other.kind === param.kind);
    const value = old[param.id];
    if (param.id === 'lr' || !same || value === undefined || isDefault(same, value)) continue;
    spec[param.id] = value;
  }
  return spec;
}

export function firstStart(surface: SurfaceEntry): number[] {
  return [...(surface.starts[0]?.at ?? surface.bounds.map(([low, high]) => low + 0.8 * (high - low)))];
}

function isDefault(param: Param, value: Value): boolean {
  return JSON.stringify(value) === JSON.stringify(defaultOf(param));
}
