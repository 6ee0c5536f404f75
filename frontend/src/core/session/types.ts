/**
 * What the rooms of the page know of each other: the session, seen by everything that draws or controls.
 *
 * A session is one open experiment, its recording (written by the server, read by everyone) and the play head, which
 * belongs to the page. Controls read the reactive fields and call the actions; what moves every frame (stage, charts)
 * is drawn from `onFrame` and touches no reactive state.
 */
import type { components } from '../protocol/protocol.gen';
import type { Ask, NdArray, EventOf } from '../protocol/wire';

type Schemas = components['schemas'];
export type Experiment = Schemas['Experiment'];
export type Run = Schemas['Run'];
export type OptimizerSpec = Schemas['OptimizerSpec'];
export type Edit = Schemas['Edit'];
export type Value = OptimizerSpec[string];
export type Scene = Schemas['Scene'];
export type CriticalPoint = Schemas['CriticalPoint'];
export type Catalog = Schemas['Catalog'];
export type Layer = Schemas['Layer'];
export type Inspected = Schemas['Inspected'];
export type Verdict = Schemas['Verdict'];

/** What a picture of the data needs; see the protocol's DataEvent. */
export type DataPicture = EventOf<'data'>;

/** Learning rates ahead of the runs whose schedule follows from the number of the step; see the protocol's RatesEvent. */
export type RatesAnswer = EventOf<'rates'>['runs'];

/** What is asked of a plane through parameter space; see the protocol's PlaneCommand. */
export type PlaneQuery = Omit<Extract<Ask, { op: 'plane' }>, 'op'>;
export type PlaneAnswer = EventOf<'plane'>;
/** An expression with its values, or the net at a run's step with a sample. */
export type GraphQuery = Omit<Extract<Ask, { op: 'graph' }>, 'op'>;
export type GraphAnswer = EventOf<'graph'>;
export type GradientCheckAnswer = EventOf<'checked'>;

/** What a model says at the inputs that are drawn, at one step. */
export interface Fit {
  readonly step: number;
  /** Inputs at which it was asked, and numbers that it says of each. */
  readonly points: number;
  readonly outputs: number;
  /** [point * outputs + output] as it is to be shown: a value, or a probability. */
  readonly values: Float32Array;
  /** All parameters, in order, where the records leave them out and they are few enough; else null. */
  readonly weights: NdArray['values'] | null;
}

/** What was measured of a model at one step; three numbers are of the training, development and test part, NaN for none. */
export interface ModelMetrics {
  readonly step: number;
  readonly losses: readonly [number, number, number];
  readonly accuracy: readonly [number, number, number];
  /** [true class * classes + class given] samples of the development part, or of the training part where there is none. */
  readonly classes: number;
  readonly confusion: NdArray['values'];
  /** [layer * 3 + 0..2] norm of the layer's weights, of their gradient, and of the update that led there. */
  readonly layers: number;
  readonly norms: NdArray['values'];
  /** [layer * (2 + bins) ...] lowest and highest value, then the counts of equal bins between. */
  readonly histograms: NdArray['values'];
  /** Largest eigenvalue of the Hessian; NaN where it was not measured. */
  readonly sharpness: number;
}

/** Records 0..length-1 of one run, in flat arrays whose capacity may exceed `length`. n = dim, q = eigen. */
export interface Track {
  readonly length: number;
  /** Parameters in a record: 0 where there are too many to record them at every step. */
  readonly dim: number;
  /** Eigenvalues in a record: as many as parameters up to two of them, else 0. */
  readonly eigen: number;
  /** [k] loss at the parameters after k updates; NaN and infinity as they are. */
  readonly loss: Float64Array;
  /** [k * n + i] */
  readonly params: Float64Array;
  readonly grad: Float64Array;
  /** [k] */
  readonly gradNorm: Float64Array;
  /** [k * n + i] the update that led to record k; zero at 0. */
  readonly update: Float64Array;
  /** [k] the learning rate of the update that led to record k; NaN at 0. */
  readonly lr: Float64Array;
  /** [k * q + i] ascending, of the Hessian at record k. */
  readonly eigenvalues: Float64Array;
  /** [(k * q + row) * q + column]; columns are the eigenvectors. */
  readonly eigenvectors: Float64Array;
  /** [k] place in STATUSES / CRITICALS below. */
  readonly status: Uint8Array;
  readonly critical: Uint8Array;
  /** Step of the record at which the run diverged (its last), or null. */
  readonly divergedAt: number | null;
  /** By growing step; each holds until the next one. */
  readonly verdicts: readonly Verdict[];
  /** Of a model: its latest fit that was kept at or before a step; null where there is none. */
  fitAt(step: number): Fit | null;
  /** Of a model: its measures at or before a step, by growing step. The same array as long as they are the same. */
  metricsUpTo(step: number): readonly ModelMetrics[];
}

export const STATUSES = ['running', 'converged', 'diverged'] as const satisfies readonly Schemas['Inspected']['status'][];
export const CRITICALS = ['none', 'minimum', 'saddle', 'maximum', 'degenerate'] as const satisfies readonly Schemas['Inspected']['critical'][];

export interface Recording {
  /** One a run, in the experiment's order. */
  readonly tracks: readonly Track[];
  /** The furthest step recorded of any run; -1 when there is none. */
  readonly last: number;
  /** Goes up whenever records were forgotten (an edit, a new experiment): what was cached of them is void. */
  readonly epoch: number;
}

/** Everything that a drawing of one moment needs. */
export interface DrawState {
  readonly experiment: Experiment;
  /** null for a model of more than two parameters: there is no picture of its loss over all of them. */
  readonly scene: Scene | null;
  readonly recording: Recording;
  /** The step on screen, an integer in 0..recording.last. */
  readonly head: number;
  readonly visible: readonly boolean[];
  readonly selected: number;
}

/** What the server said was wrong; shown beside the field. field: e.g. `runs[0].optimizer.lr`, '' for none. */
export interface Fault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  /** 1-based, for typed text. */
  readonly column: number | null;
}

/** z in rows of y: z[iy * nx + ix]; one row for a problem of one variable. */
export interface Grid {
  readonly bounds: readonly (readonly [number, number])[];
  readonly nx: number;
  readonly ny: number;
  readonly z: Float32Array;
}

/** What an edit changes: exactly one of set, optimizer, params. It happens at the step on screen. */
export type Change = { run: number } & (
  | { set: Record<string, Value> }
  | { optimizer: OptimizerSpec }
  | { params: number[] }
);

/** What the sender of the link that was opened saw, and whether the same is seen here. */
export interface Claim {
  /** Up to this step. */
  readonly step: number;
  /** The sender's fingerprint, and ours; null until the step is recorded. */
  readonly there: string;
  readonly here: string | null;
}

export type Connection = 'connecting' | 'live' | 'lost';

export interface Session {
  // --- reactive: read them in components and effects ---
  readonly catalog: Catalog | null;
  /** As the server completed it: every default filled in. null until the first one is open. */
  readonly experiment: Experiment | null;
  /** null until the first one is open, and for a model of more than two parameters. */
  readonly scene: Scene | null;
  /** The tensors of the parameters, in their order. */
  readonly layers: readonly Layer[];
  readonly head: number;
  readonly last: number;
  readonly playing: boolean;
  /** Steps a second; Infinity: as fast as the machine can. */
  readonly speed: number;
  readonly connection: Connection;
  readonly device: string;
  readonly torch: string;
  /** The last refusal, until something is accepted. */
  readonly fault: Fault | null;
  /** Of the link that was opened, until the experiment is changed. */
  readonly claim: Claim | null;
  readonly visible: readonly boolean[];
  /** The run whose step and sentence are shown. */
  readonly selected: number;

  // --- actions ---
  /** Begin another experiment at step 0 and keep playing; false (and `fault` set) when it was refused: then nothing changed. */
  open(experiment: Experiment): Promise<boolean>;
  /** Change a run at the step on screen; what was recorded beyond is forgotten. */
  edit(change: Change): void;
  /**
   * Let a branch leave run `change.run` at the step on screen, changed there (an empty `set`: not yet), and rest; the
   * branch is the last run. Its number, or null (and `fault` set) when it was refused: then nothing changed.
   */
  fork(change: Change): Promise<number | null>;
  play(): void;
  pause(): void;
  seek(step: number): void;
  /** One step on or back (pauses). On at the end of the recording asks the server for one more. */
  stepBy(steps: number): void;
  setSpeed(stepsPerSecond: number): void;
  select(run: number): void;
  setVisible(run: number, visible: boolean): void;
  clearFault(): void;
  clearClaim(): void;
  /** The fingerprint of all that is recorded up to the step on screen; null where nothing is. Two have the same numbers where it is the same. */
  fingerprint(): { readonly step: number; readonly hash: string } | null;
  surface(bounds: [number, number][], shape: number[]): Promise<Grid>;
  inspect(step: number, run: number): Promise<Inspected>;
  /** The problem's critical points within bounds: declared ones, and those that Newton found from a grid. */
  points(bounds: [number, number][]): Promise<readonly CriticalPoint[]>;
  /** What a picture of the open experiment's data needs; rejects for a surface. */
  data(): Promise<DataPicture>;
  /** What a run's model says at a step, whether or not its fit was kept there. */
  fit(step: number, run: number): Promise<Fit>;
  /** The learning rates ahead up to a record, or null: as far as each schedule takes to show its whole course. */
  rates(until: number | null): Promise<RatesAnswer>;
  /** A plane through the model's parameters, with the loss on it and the paths of runs up to a step. */
  plane(wanted: PlaneQuery): Promise<PlaneAnswer>;
  /** Backpropagation as a graph. Rejects with `Refused`, whose fault has the column of an expression's mistake. */
  graph(wanted: GraphQuery): Promise<GraphAnswer>;
  /** The gradient of a run at a step, checked by central differences. */
  check(step: number, run: number, delta: number): Promise<GradientCheckAnswer>;

  // --- the hot path ---
  /** Called at most once per display frame, and only when something that a DrawState holds has changed. Returns the way to stop. */
  onFrame(draw: (frame: DrawState) => void): () => void;
}
