/** The generated wire types as the page sees them: arrays unpacked, everything else as it stands. */
import type { components } from './protocol.gen';

export type Schemas = components['schemas'];
export type Command = Schemas['Command'];

/** A command before it has its number. */
export type Ask = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;

/** An array from a binary message. values: in C order, as many as the product of shape. */
export interface NdArray {
  readonly dtype: Schemas['WireArray']['dtype'];
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array | Uint8Array;
}

type Unpacked<T> = T extends Schemas['WireArray'] ? NdArray : T extends object ? { [K in keyof T]: Unpacked<T[K]> } : T;

export type ServerEvent = Unpacked<Schemas['Event']>;
/** The event with this `op`. */
export type EventOf<Op extends ServerEvent['op']> = Extract<ServerEvent, { op: Op }>;

/** Ends a switch over all cases: the compiler refuses it where one is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`);
}
