/** A recording, read-only: one track of flat arrays a run. */
import type { NdArray, Schemas, Verdict } from '../protocol/wire';

/** A model's outputs at the drawn inputs, at one step. */
export interface Fit {
  readonly step: number;
  /** Number of inputs, and of outputs for each. */
  readonly points: number;
  readonly outputs: number;
  /** [point * outputs + output] values or probabilities. */
  readonly values: Float32Array;
  /** All parameters, in order, if the records omit them and they are few enough; else null. */
  readonly weights: NdArray['values'] | null;
}

/** A model's metrics at one step. Three numbers are for the training, development and test part, NaN for none. */
export interface ModelMetrics {
  readonly step: number;
  readonly losses: readonly [number, number, number];
  readonly accuracy: readonly [number, number, number];
  /** [true class * classes + predicted class] counts on the development part, else on the test part, else on the training part. */
  readonly classes: number;
  readonly confusion: NdArray['values'];
  /** [layer * 3 + 0..2] norms of the layer's weights, gradient and last update. */
  readonly layers: number;
  readonly norms: NdArray['values'];
  /** [layer * (2 + bins) ...] lowest and highest value, then the counts of equal bins. */
  readonly histograms: NdArray['values'];
  /** Largest eigenvalue of the Hessian; NaN if not measured. */
  readonly sharpness: number;
}

/** Real numbers as precise as the wire's. */
export type Reals = Float32Array | Float64Array;

/** Records 0..length-1 of one run, in flat arrays whose capacity may exceed `length`. n = dim, q = eigen. */
export interface Track {
  readonly length: number;
  /** Parameters in a record; 0 if there are too many to record at every step. */
  readonly dim: number;
  /** Eigenvalues in a record: dim if dim <= 2, else 0. */
  readonly eigen: number;
  /** [k] loss after k updates; may be NaN or infinite. */
  readonly loss: Reals;
  /** [k * n + i] */
  readonly params: Reals;
  readonly grad: Reals;
  /** [k] */
  readonly gradNorm: Reals;
  /** [k * n + i] the update that led to record k; zero at 0. */
  readonly update: Reals;
  /** [k] the learning rate of the update that led to record k; NaN at 0. */
  readonly lr: Reals;
  /** [k * q + i] ascending, of the Hessian at record k. */
  readonly eigenvalues: Reals;
  /** [(k * q + row) * q + column]; columns are the eigenvectors. */
  readonly eigenvectors: Reals;
  /**
   * [2k, 2k + 1] of the update that led to record k, as `lr`: the optimizer's own rate, before any schedule, from which it
   * would have swung, and the one from which it would have been unstable; NaN where none is known.
   */
  readonly rateZones: Reals;
  /** [k] index in STATUSES / CRITICALS below. */
  readonly status: Uint8Array;
  readonly critical: Uint8Array;
  /** Step of the record at which the run diverged (its last), or null. */
  readonly divergedAt: number | null;
  /** By increasing step; each holds until the next one. */
  readonly verdicts: readonly Verdict[];
  /**
   * Evaluations of the loss with its gradient that the optimizer made up to record `step`: one an update, but for
   * optimizers that count more of them.
   */
  evaluationsUpTo(step: number): number;
  /** A model's latest fit at or before a step; null if there is none. */
  fitAt(step: number): Fit | null;
  /** A model's metrics up to a step, by increasing step. The same array while they are the same. */
  metricsUpTo(step: number): readonly ModelMetrics[];
}

export const STATUSES = ['running', 'converged', 'diverged'] as const satisfies readonly Schemas['Inspected']['status'][];
export const CRITICALS = ['none', 'minimum', 'saddle', 'maximum', 'degenerate'] as const satisfies readonly Schemas['Inspected']['critical'][];

export interface Recording {
  /** One a run, in order. */
  readonly tracks: readonly Track[];
  /** The last step recorded of any run; -1 for none. */
  readonly last: number;
  /** Increases whenever records are dropped (an edit, a new experiment): caches of them are invalid. */
  readonly epoch: number;
}
