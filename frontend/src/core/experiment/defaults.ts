/** Experiments and runs to begin with, from what the catalog says is worth starting from. */
import type { Catalog, Experiment, OptimizerSpec, Run, Value } from '../protocol/wire';
import { defaultOf, optimizerEntry, surfaceEntry, type OptimizerEntry, type SurfaceEntry } from './catalog';
import type { Ground } from './problem';

/** What the page plays when it is opened: the classic picture of why optimizers differ. */
const OPENING = { surface: 'ravine', optimizers: ['sgd', 'adam'] };

/** The one optimizer that the rate of a surface or a data set is meant for. */
export const PLAIN_DESCENT = 'sgd';

/** A ravine on which SGD and Adam race. */
export function opening(catalog: Catalog): Experiment {
  const surface = surfaceEntry(catalog, OPENING.surface) ?? catalog.surfaces[0];
  if (!surface) throw new Error('the catalog has no surface');
  return {
    version: 1,
    problem: { kind: 'surface', id: surface.id, params: {} },
    seed: 0,
    dtype: 'float32',
    runs: OPENING.optimizers.map((id) => newRun(catalog, id, surface)),
    edits: [],
  };
}

/** A run at the surface's first start, at a rate known to work; other hyperparameters are the server's defaults. */
export function newRun(catalog: Catalog, optimizerId: string, surface: SurfaceEntry): Run {
  return { optimizer: newOptimizer(catalog, optimizerId, surface), start: firstStart(surface) };
}

/** A run of a model, from PyTorch's own start; the rate as for a surface. */
export function newLearningRun(catalog: Catalog, optimizerId: string, ground: Ground): Run {
  return { optimizer: newOptimizer(catalog, optimizerId, ground), start: { init: 'default' } };
}

export function newOptimizer(catalog: Catalog, optimizerId: string, ground: Ground): OptimizerSpec {
  const entry = optimizerEntry(catalog, optimizerId);
  return { id: optimizerId, ...(entry && { lr: knownRate(entry, ground) }) };
}

/**
 * Another optimizer in the place of one: hyperparameters that both have, and that were not at their default, are kept
 * (weight decay, momentum, betas …). Not the rate: what is right for one optimizer says nothing of another.
 */
export function replacement(
  catalog: Catalog,
  old: OptimizerSpec,
  optimizerId: string,
  ground: Ground,
): OptimizerSpec {
  if (old.id === optimizerId) return old;
  const before = optimizerEntry(catalog, old.id)?.params ?? [];
  const after = optimizerEntry(catalog, optimizerId)?.params ?? [];
  const spec: OptimizerSpec = newOptimizer(catalog, optimizerId, ground);
  for (const param of after) {
    const was = before.find((other) => other.id === param.id && other.kind === param.kind);
    const value = old[param.id];
    if (param.id === 'lr' || !was || value === undefined || same(value, defaultOf(was))) continue;
    spec[param.id] = value;
  }
  return spec;
}

export function firstStart(surface: SurfaceEntry): number[] {
  return [...(surface.starts[0]?.at ?? surface.bounds.map(([low, high]) => low + 0.8 * (high - low)))];
}

function knownRate(optimizer: OptimizerEntry, ground: Ground): number {
  return optimizer.id === PLAIN_DESCENT ? ground.lr : optimizer.known_lr;
}

function same(a: Value, b: Value): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
