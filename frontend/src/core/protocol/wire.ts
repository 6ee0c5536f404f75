/** The generated wire types with unpacked arrays. */
import type { components } from './protocol.gen';

export type Schemas = components['schemas'];
export type Command = Schemas['Command'];

/** A command without its number. */
export type CommandBody = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;

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

// Short names for the types used elsewhere.
export type Experiment = Schemas['Experiment'];
export type Engine = NonNullable<Experiment['engine']>;
export type Run = Schemas['Run'];
export type OptimizerSpec = Schemas['OptimizerSpec'];
export type Edit = Schemas['Edit'];
export type Value = OptimizerSpec[string];
export type Scene = Schemas['Scene'];
export type CriticalPoint = Schemas['CriticalPoint'];
export type Catalog = Schemas['Catalog'];
export type Sweep = Schemas['Sweep'];
export type Axis = Schemas['Axis'];
export type Layer = Schemas['Layer'];
export type Inspected = Schemas['Inspected'];
export type Verdict = Schemas['Verdict'];

/** The data to draw; see the protocol's DataEvent. */
export type DataPicture = EventOf<'data'>;

/** Future learning rates of the runs whose schedule depends on the step alone; see the protocol's RatesEvent. */
export type RatesAnswer = EventOf<'rates'>['runs'];

/** A plane through parameter space; see the protocol's PlaneCommand. */
export type PlaneQuery = Omit<Extract<CommandBody, { op: 'plane' }>, 'op'>;
export type PlaneAnswer = EventOf<'plane'>;
/** An expression with its values, or a run's model at a step on one sample. */
export type GraphQuery = Omit<Extract<CommandBody, { op: 'graph' }>, 'op'>;
export type GraphAnswer = EventOf<'graph'>;
/** What each neuron of a net gives out, and the net's parameters; see the protocol's NeuronsEvent. */
export type NeuronsAnswer = EventOf<'neurons'>;
export type GradientCheckAnswer = EventOf<'checked'>;
/** How far one run is from PyTorch. */
export type Rehearsed = EventOf<'rehearsed'>;
export type ScalingTried = EventOf<'scaling_tried'>;
export type EngineCheck = EventOf<'engine_checked'>['runs'][number];

/** Some pixels of a sweep; see the protocol's TileEvent. */
export type Tile = EventOf<'tile'>;

/** For the default of a switch: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`);
}
