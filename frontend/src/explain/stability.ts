/**
 * How large a learning rate plain descent bears.
 *
 * Along a direction of curvature λ one step of SGD multiplies the distance to the bottom by 1 - lr λ; with momentum μ the
 * two roots of the recurrence decide. The step is stable below lr λ = 2, 2 (1 + μ) with momentum,
 * 2 (1 + μ) / (1 + 2 μ) with Nesterov's. Dampening τ makes the gradient's share 1 - τ. Exact on a quadratic, and what
 * holds close by on anything else. Source: Goh 2017, Why momentum really works, Distill; Sutskever et al. 2013, ICML.
 */
import { hyperAt } from '../experiment/hyper';
import type { Experiment, OptimizerSpec, Track } from '../session/types';
import { eigenvector, type Moment } from './verdict';

export interface Overshoots extends Unstable {
  readonly code: 'overshoots';
}

/** Steps that each overshoot farther, and what would not. */
export interface Unstable {
  /** First step of the stretch in which the rate is above the limit. */
  readonly from: number;
  /** lr × steepest curvature there; more than `limit`. */
  readonly product: number;
  readonly limit: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** The steepest direction. */
  readonly direction: readonly number[];
  /** Rates below this one are stable there. */
  readonly largest: number;
  /** One that is so with something to spare. */
  readonly use: number;
  /** The step at which to use it: recorded, and still in the picture where there is such a step. */
  readonly at: number;
}

/** A safe share of the limit: at the limit itself a run swings for ever. */
const SPARE = 0.9;

/** The limit of lr × curvature, or null where none is known: only for torch's SGD going down. */
export function limitOf(optimizer: OptimizerSpec): number | null {
  if (optimizer.id !== 'sgd' || optimizer['maximize'] === true) return null;
  const momentum = numberOf(optimizer, 'momentum');
  if (momentum >= 1) return null;
  if (momentum === 0) return 2;
  if (optimizer['nesterov'] === true) return (2 + 2 * momentum) / (1 + 2 * momentum);
  return (2 + 2 * momentum) / (1 - numberOf(optimizer, 'dampening'));
}

/** The steepest curvature that the optimizer meets at a step: weight decay adds to every one. */
export function steepest(track: Track, step: number, optimizer: OptimizerSpec): number {
  const value = track.eigenvalues[(step + 1) * track.dim - 1] as number;
  return value + numberOf(optimizer, 'weight_decay');
}

/**
 * The stretch of steps up to `step` in which each is above the limit, or null where `step` itself is not, or nothing is
 * known. inView: whether the picture still shows the parameters of a step.
 */
export function unstable(
  experiment: Experiment,
  run: number,
  track: Track,
  step: number,
  inView: (step: number) => boolean,
): Unstable | null {
  let from = -1;
  let low = Infinity;
  let high = 0;
  for (let k = step; k >= 0; k -= 1) {
    const optimizer = hyperAt(experiment, run, k);
    const limit = limitOf(optimizer);
    const curvature = steepest(track, k, optimizer);
    if (limit === null || !(numberOf(optimizer, 'lr') * curvature > limit)) break;
    from = k;
    low = Math.min(low, curvature);
    high = Math.max(high, curvature);
  }
  if (from < 0) return null;

  const optimizer = hyperAt(experiment, run, from);
  const limit = limitOf(optimizer) as number;
  const curvature = steepest(track, from, optimizer);
  return {
    from,
    product: numberOf(optimizer, 'lr') * curvature,
    limit,
    momentum: numberOf(optimizer, 'momentum'),
    nesterov: optimizer['nesterov'] === true,
    direction: eigenvector(track, from, track.dim - 1),
    largest: limit / curvature,
    use: roundedDown((SPARE * limit) / curvature),
    // On a quadratic any step can be mended, so the last one that is seen; elsewhere it only gets steeper.
    at: high > 1.01 * low ? from : lastSeen(from, step, inView),
  };
}

/** While it happens: a few steps above the limit, and the loss already higher than where they began. */
export function overshoots({ experiment, scene, run, track, step }: Moment): Overshoots | null {
  const seen = (k: number) => scene.bounds.every(([low, high], i) => within(track.params[k * track.dim + i] as number, low, high));
  const found = unstable(experiment, run, track, step, seen);
  if (!found || step < found.from + 2) return null;
  if (!((track.loss[step] as number) > (track.loss[found.from] as number))) return null;
  return { code: 'overshoots', ...found };
}

export function numberOf(optimizer: OptimizerSpec, name: string): number {
  const value = optimizer[name];
  return typeof value === 'number' ? value : 0;
}

function lastSeen(from: number, to: number, inView: (step: number) => boolean): number {
  for (let k = to; k > from; k -= 1) if (inView(k)) return k;
  return from;
}

function within(value: number, low: number, high: number): boolean {
  return low <= value && value <= high;
}

/** Two figures, never more than the number: 0.0869 to 0.086. */
export function roundedDown(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  const rounded = Math.floor(value / unit + 1e-9) * unit;
  return Number(rounded.toPrecision(2));
}
