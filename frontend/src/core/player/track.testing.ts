/** Recordings made by hand, for tests. */
import type { Verdict } from '../protocol/wire';
import { CRITICALS, STATUSES, type Track } from './track';

type Kind = (typeof CRITICALS)[number];
type Status = (typeof STATUSES)[number];

/** One record. eigenvectors are the axes: the first belongs to the lower eigenvalue when `up` is false. */
export interface Row {
  params: number[];
  loss?: number;
  grad?: number[];
  eigenvalues?: number[];
  /** Columns, as the engine gives them: [row][column]. */
  eigenvectors?: number[][];
  status?: Status;
  critical?: Kind;
}

export function trackOf(rows: readonly Row[], dim: number, verdicts: readonly Verdict[] = []): Track {
  const flat = (pick: (row: Row) => number[]) => Float64Array.from(rows.flatMap(pick));
  const axes = Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (_, j) => (i === j ? 1 : 0)));
  const diverged = rows.findIndex((row) => row.status === 'diverged');
  return {
    length: rows.length,
    dim,
    eigen: dim,
    loss: flat((row) => [row.loss ?? 0]),
    params: flat((row) => row.params),
    grad: flat((row) => row.grad ?? row.params.map(() => 0)),
    gradNorm: flat((row) => [Math.hypot(...(row.grad ?? [0]))]),
    update: flat((row) => row.params.map(() => 0)),
    lr: flat(() => [0.1]),
    eigenvalues: flat((row) => row.eigenvalues ?? row.params.map(() => 1)),
    eigenvectors: flat((row) => (row.eigenvectors ?? axes).flat()),
    rateZones: flat(() => [Number.NaN, Number.NaN]),
    status: Uint8Array.from(rows, (row) => STATUSES.indexOf(row.status ?? 'running')),
    critical: Uint8Array.from(rows, (row) => CRITICALS.indexOf(row.critical ?? 'none')),
    divergedAt: diverged >= 0 ? diverged : null,
    verdicts,
    fitAt: () => null,
    metricsUpTo: () => [],
    evaluationsUpTo: (step) => step,
  };
}
