/** What is recorded of a model now and then, not at every step: fits that can be drawn, and measures. */
import type { NdArray, EventOf } from '../protocol/wire';
import type { Fit, ModelMetrics } from './track';

type RunArrays = EventOf<'chunk'>['runs'][number];

/** Bytes of fits and weights that one run may hold before its older ones are thinned out. */
const MOST_BYTES = 24 * 2 ** 20;

/** Things of growing steps. Those that were cut stay until something is added, since they may be wanted back. */
export class Samples<T extends { readonly step: number }> {
  private items: T[] = [];
  private latest: readonly T[] = [];

  /** The one at a step or the last before it. */
  at(step: number): T | null {
    return this.items[this.count(step) - 1] ?? null;
  }

  /** All up to and including a step; the same array as long as they are the same. */
  upTo(step: number): readonly T[] {
    const count = this.count(step);
    const same = this.latest.length === count && this.latest[count - 1] === this.items[count - 1];
    return same ? this.latest : (this.latest = this.items.slice(0, count));
  }

  /** Adds those that come after what is held up to step `held`; what lay beyond it is gone. */
  add(items: readonly T[], held: number): void {
    this.items.length = this.count(held);
    const last = this.items.at(-1)?.step ?? -1;
    for (const item of items) if (item.step > last) this.items.push(item);
  }

  /** Every second one goes, the first and the last stay. */
  thin(): void {
    const end = this.items.length - 1;
    this.items = this.items.filter((_, n) => n % 2 === 0 || n === end);
  }

  get length(): number {
    return this.items.length;
  }

  copy(step: number): Samples<T> {
    const copy = new Samples<T>();
    copy.items = this.items.slice(0, this.count(step));
    return copy;
  }

  /** How many have a step up to this one. */
  private count(step: number): number {
    let [low, high] = [0, this.items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.items[middle] as T).step <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Adds a chunk's fits. `held`: the last step that is recorded already. */
export function addFits(kept: Samples<Fit>, frames: RunArrays['frames'], held: number): void {
  if (!frames) return;
  const items = fitsOf(frames);
  kept.add(items, held);
  const each = items[0] ? items[0].values.byteLength + (items[0].weights?.byteLength ?? 0) : 0;
  while (kept.length > 64 && kept.length * each > MOST_BYTES) kept.thin();
}

/** Adds a chunk's measures. */
export function addMetrics(kept: Samples<ModelMetrics>, measures: RunArrays['measures'], held: number): void {
  if (measures) kept.add(measuresOf(measures), held);
}

function fitsOf({ steps, fit, weights }: NonNullable<RunArrays['frames']>): Fit[] {
  const [, points = 0, outputs = 0] = fit.shape;
  const n = weights.shape[1] ?? 0;
  return Array.from(steps.values, (step, f) => ({
    step,
    points,
    outputs,
    values: part(fit, f).slice() as Float32Array, // a copy: when fits are thinned out, their room is to be free again
    weights: n > 0 ? part(weights, f).slice() : null,
  }));
}

function measuresOf(arrays: NonNullable<RunArrays['measures']>): ModelMetrics[] {
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
    confusion: part(arrays.confusion, e),
    layers,
    norms: part(arrays.layers, e),
    histograms: part(arrays.histograms, e),
    sharpness: arrays.sharpness.values[e] as number,
  }));
}

/** The n-th entry along the first axis, a view. */
function part(array: NdArray, n: number): NdArray['values'] {
  const size = array.shape.slice(1).reduce((product, length) => product * length, 1);
  return array.values.subarray(n * size, (n + 1) * size);
}
