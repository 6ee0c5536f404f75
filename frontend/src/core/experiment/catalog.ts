/** Looking things up in the catalog, and what follows from its declarations. */
import type { components } from '../protocol/protocol.gen';
import type { Catalog, Value } from '../protocol/wire';

type Schemas = components['schemas'];
export type SurfaceEntry = Schemas['SurfaceEntry'];
export type OptimizerEntry = Schemas['OptimizerEntry'];
export type ScheduleEntry = Schemas['ScheduleEntry'];
export type DatasetEntry = Schemas['DatasetEntry'];
export type ModelEntry = Schemas['ModelEntry'];
export type LossEntry = Schemas['LossEntry'];
export type InitEntry = Schemas['InitEntry'];
export type Param = Schemas['Param'];
/** In every language of the page. */
export type Words = Schemas['Text'];

/** Asked for once, when the page starts. Throws where there is no answer. */
export async function fetchCatalog(url: string): Promise<Catalog> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the catalog could not be had: ${answer.status} ${answer.statusText}`);
  return (await answer.json()) as Catalog;
}

export function surfaceEntry(catalog: Catalog, id: string): SurfaceEntry | undefined {
  return catalog.surfaces.find((entry) => entry.id === id);
}

export function scheduleEntry(catalog: Catalog, id: string): ScheduleEntry | undefined {
  return catalog.schedules.find((entry) => entry.id === id);
}

export function optimizerEntry(catalog: Catalog, id: string): OptimizerEntry | undefined {
  return catalog.optimizers.find((entry) => entry.id === id);
}

export function datasetEntry(catalog: Catalog, id: string): DatasetEntry | undefined {
  return catalog.datasets.find((entry) => entry.id === id);
}

export function modelEntry(catalog: Catalog, id: string): ModelEntry | undefined {
  return catalog.models.find((entry) => entry.id === id);
}

export function lossEntry(catalog: Catalog, id: string): LossEntry | undefined {
  return catalog.losses.find((entry) => entry.id === id);
}

export function defaultOf(param: Param): Value {
  if (param.kind === 'pair') return [param.first.default, param.second.default];
  if (param.kind === 'triple') return [param.first.default, param.second.default, param.third.default];
  return param.default;
}
