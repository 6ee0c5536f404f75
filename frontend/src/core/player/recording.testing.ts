/** Records made by hand, for tests. */
import type { NdArray, EventOf } from '../protocol/wire';

type RunArrays = EventOf<'chunk'>['runs'][number];

const DIVERGED = 2;

export function reals(values: number[], shape: number[]): NdArray {
  return { dtype: '<f4', shape, values: new Float32Array(values) };
}

function bytes(values: number[]): NdArray {
  return { dtype: '|u1', shape: [values.length], values: new Uint8Array(values) };
}

/** Records first..last of one run of two parameters; every number says which record and component it is. */
export function records(run: number, first: number, last: number, divergedAt = -1) {
  const steps = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const m = steps.length;
  const vectors = (base: number) => reals(steps.flatMap((k) => [base + k, base + k + 0.5]), [m, 2]);
  return {
    run,
    first,
    loss: reals(steps.map((k) => (k === divergedAt ? Infinity : k)), [m]),
    params: vectors(1000),
    grad: vectors(2000),
    grad_norm: reals(steps.map((k) => (k === divergedAt ? NaN : 3000 + k)), [m]),
    update: vectors(4000),
    lr: reals(steps.map((k) => 6000 + k), [m]),
    state: {},
    eigenvalues: vectors(5000),
    eigenvectors: reals(steps.flatMap((k) => [k, k + 0.1, k + 0.2, k + 0.3]), [m, 2, 2]),
    rate_zones: vectors(7000),
    status: bytes(steps.map((k) => (k === divergedAt ? DIVERGED : 0))),
    critical: bytes(steps.map((k) => k % 5)),
    verdicts: [],
    frames: null as RunArrays['frames'],
    measures: null as RunArrays['measures'],
  };
}
