/** What is recorded of a model at some steps only: fits to draw, and metrics. */
import type { NdArray, EventOf } from '../protocol/wire';
import type { Fit, ModelMetrics } from './track';
import { countUpTo } from './verdict-at';

type RunArrays = EventOf<'chunk'>['runs'][number];

/** Bytes that one run's fits with weights, and its metrics, may each take before they are thinned out. */
const MAX_BYTES = 24 * 2 ** 20;
/** Bytes of one step's metrics beside its numbers, roughly: the objects that hold them. */
const OVERHEAD = 1024;

/** Samples by increasing step. Samples that were cut stay until something is added, so that they can be restored. */
export class Samples<T extends { readonly step: number }> {
  private items: T[] = [];
  private latest: readonly T[] = [];

  /** The sample at a step, or the last one before it. */
  at(step: number): T | null {
    return this.items[countUpTo(this.items, step) - 1] ?? null;
  }

  /** All up to and including a step; the same array while they are the same. */
  upTo(step: number): readonly T[] {
    const count = countUpTo(this.items, step);
    const same = this.latest.length === count && this.latest[count - 1] === this.items[count - 1];
    return same ? this.latest : (this.latest = this.items.slice(0, count));
  }

  /** Drops the samples after step `held` and adds those that come after the rest. */
  add(items: readonly T[], held: number): void {
    this.items.length = countUpTo(this.items, held);
    const last = this.items.at(-1)?.step ?? -1;
    for (const item of items) if (item.step > last) this.items.push(item);
  }

  /** Drops every second sample; the first and the last stay. */
  thin(): void {
    const end = this.items.length - 1;
    this.items = this.items.filter((_, n) => n % 2 === 0 || n === end);
  }

  get length(): number {
    return this.items.length;
  }

  copy(step: number): Samples<T> {
    const copy = new Samples<T>();
    copy.items = this.items.slice(0, countUpTo(this.items, step));
    return copy;
  }
}

/** Adds a chunk's fits. held: the last step recorded before. */
export function addFits(kept: Samples<Fit>, frames: RunArrays['frames'], held: number): void {
  if (!frames) return;
  const items = fitsOf(frames);
  kept.add(items, held);
  bound(kept, items[0] ? items[0].values.byteLength + (items[0].weights?.byteLength ?? 0) : 0);
}

/** Adds a chunk's metrics. */
export function addMetrics(kept: Samples<ModelMetrics>, measures: RunArrays['measures'], held: number): void {
  if (!measures) return;
  const items = metricsOf(measures);
  kept.add(items, held);
  const [one] = items;
  bound(kept, one ? OVERHEAD + one.confusion.byteLength + one.norms.byteLength + one.histograms.byteLength : 0);
}

/** Thins samples out until they take no more than MAX_BYTES; each: bytes of one. */
function bound<T extends { readonly step: number }>(kept: Samples<T>, each: number): void {
  while (kept.length > 64 && kept.length * each > MAX_BYTES) kept.thin();
}

function fitsOf({ steps, fit, weights }: NonNullable<RunArrays['frames']>): Fit[] {
  const [, points = 0, outputs = 0] = fit.shape;
  const n = weights.shape[1] ?? 0;
  return Array.from(steps.values, (step, f) => ({
    step,
    points,
    outputs,
    values: copyOf(fit, f) as Float32Array,
    weights: n > 0 ? copyOf(weights, f) : null,
  }));
}

function metricsOf(arrays: NonNullable<RunArrays['measures']>): ModelMetrics[] {
  const three = (values: NdArray['values']): readonly [number, number, number] => [
    values[0] as number, values[1] as number, values[2] as number,
  ];
  const layers = arrays.layers.shape[1] ?? 0;
  const classes = arrays.confusion.shape[1] ?? 0;
  return Array.from(arrays.steps.values, (step, e) => ({
    step,
    losses: three(part(arrays.losses, e)),
    accuracy: three(part(arrays.accuracy, e)),
    classes,
    confusion: copyOf(arrays.confusion, e),
    layers,
    norms: copyOf(arrays.layers, e),
    histograms: copyOf(arrays.histograms, e),
    sharpness: arrays.sharpness.values[e] as number,
  }));
}

/** Numbers in one entry along the first axis. */
export function entrySize({ shape }: NdArray): number {
  return shape.slice(1).reduce((product, length) => product * length, 1);
}

/** The n-th entry along the first axis, a copy: a view would keep the memory of its whole message. */
function copyOf(array: NdArray, n: number): NdArray['values'] {
  return part(array, n).slice();
}

/** The n-th entry along the first axis, a view. */
function part(array: NdArray, n: number): NdArray['values'] {
  const size = entrySize(array);
  return array.values.subarray(n * size, (n + 1) * size);
}
