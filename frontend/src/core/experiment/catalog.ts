/** The catalog's entries, looked up by id. */
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
/** A text in every language of the page. */
export type Words = Schemas['Text'];

/** The server wants a room's code first. */
export class NotEntered extends Error {
  override readonly name = 'NotEntered';
}

/** Throws `NotEntered`, or another error where the server does not answer. */
export async function fetchCatalog(url: string): Promise<Catalog> {
  const answer = await fetch(url);
  if (answer.status === 401) throw new NotEntered();
  if (!answer.ok) throw new Error(`fetching the catalog failed: ${answer.status} ${answer.statusText}`);
  return (await answer.json()) as Catalog;
}

type Lists = { [K in keyof Catalog]: Catalog[K] extends readonly { id: string }[] ? K : never }[keyof Catalog];

/** A function that finds an entry of one list by its id. */
function lookup<K extends Lists>(list: K) {
  return (catalog: Catalog, id: string): Catalog[K][number] | undefined => catalog[list].find((entry) => entry.id === id);
}

export const surfaceEntry = lookup('surfaces');
export const scheduleEntry = lookup('schedules');
export const optimizerEntry = lookup('optimizers');
export const datasetEntry = lookup('datasets');
export const modelEntry = lookup('models');
export const lossEntry = lookup('losses');

export function defaultOf(param: Param): Value {
  if (param.kind === 'pair') return [param.first.default, param.second.default];
  if (param.kind === 'triple') return [param.first.default, param.second.default, param.third.default];
  return param.default;
}
