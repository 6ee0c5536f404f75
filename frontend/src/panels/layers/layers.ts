/** The rows of the layers panel: one tensor's metrics and numbers. */
import type { ModelMetrics } from '../../core/player/track';
import type { Layer } from '../../core/protocol/wire';

export interface Row {
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of its first number among all parameters. */
  readonly first: number;
  readonly size: number;
  readonly norm: number;
  readonly gradient: number;
  /** Norm of the last update / norm of the tensor; NaN before the first update, and where the tensor is zero. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A healthy ratio is within a factor of ten of 1/1000. */
export const HEALTHY = [1e-4, 1e-2] as const;

export function pace(ratio: number): 'none' | 'slow' | 'healthy' | 'fast' {
  if (!(ratio > 0)) return 'none';
  return ratio < HEALTHY[0] ? 'slow' : ratio > HEALTHY[1] ? 'fast' : 'healthy';
}

export function rowsOf(layers: readonly Layer[], measure: ModelMetrics | null): Row[] {
  let first = 0;
  return layers.map(({ name, shape }, n) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const [norm, gradient, update] = [0, 1, 2].map((place) => measure?.norms[3 * n + place] ?? Number.NaN) as [number, number, number];
    const each = measure && measure.layers > 0 ? measure.histograms.length / measure.layers : 0;
    const [low = Number.NaN, high = Number.NaN, ...counts] = Array.from(measure?.histograms.slice(n * each, (n + 1) * each) ?? []);
    const row = { name, shape, first, size, norm, gradient, ratio: norm > 0 && update > 0 ? update / norm : Number.NaN, low, high, counts };
    first += size;
    return row;
  });
}

/** The numbers of a tensor as rows: a vector is one row, and dimensions after the first are flattened. */
export function inRows<T>(values: ArrayLike<T>, { shape, first, size }: Pick<Row, 'shape' | 'first' | 'size'>): T[][] {
  const width = shape.length > 1 ? size / (shape[0] as number) : size;
  return Array.from({ length: size / width }, (_, row) =>
    Array.from({ length: width }, (_, column) => values[first + row * width + column] as T),
  );
}

/** The shape of a layer's rows as images; null where they do not have an image's size. */
export function pictureOf(row: Row, image: readonly number[]): { readonly channels: number; readonly tall: number; readonly wide: number } | null {
  const [channels, tall, wide] = image;
  if (image.length !== 3 || channels === undefined || tall === undefined || wide === undefined) return null;
  return row.shape.length === 2 && row.shape[1] === channels * tall * wide ? { channels, tall, wide } : null;
}
