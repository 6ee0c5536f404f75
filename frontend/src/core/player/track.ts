/** A recording as everyone but its writer sees it: one track of flat arrays a run. */
import type { NdArray, Schemas, Verdict } from '../protocol/wire';

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
