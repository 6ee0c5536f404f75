/** Recordings made by hand, for tests: plain SGD and its like on a quadratic, in a few lines that anyone can check. */
import type { CriticalPoint, Edit, Experiment, Frame, OptimizerSpec, Scene, Track } from '../session/types';
import { CRITICALS, STATUSES } from '../session/types';

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

export function trackOf(rows: readonly Row[], dim: number): Track {
  const flat = (pick: (row: Row) => number[]) => Float64Array.from(rows.flatMap(pick));
  const axes = Array.from({ length: dim }, (_, i) => Array.from({ length: dim }, (_, j) => (i === j ? 1 : 0)));
  const diverged = rows.findIndex((row) => row.status === 'diverged');
  return {
    length: rows.length,
    dim,
    loss: flat((row) => [row.loss ?? 0]),
    params: flat((row) => row.params),
    grad: flat((row) => row.grad ?? row.params.map(() => 0)),
    gradNorm: flat((row) => [Math.hypot(...(row.grad ?? [0]))]),
    update: flat((row) => row.params.map(() => 0)),
    eigenvalues: flat((row) => row.eigenvalues ?? row.params.map(() => 1)),
    eigenvectors: flat((row) => (row.eigenvectors ?? axes).flat()),
    status: Uint8Array.from(rows, (row) => STATUSES.indexOf(row.status ?? 'running')),
    critical: Uint8Array.from(rows, (row) => CRITICALS.indexOf(row.critical ?? 'none')),
    divergedAt: diverged >= 0 ? diverged : null,
    verdicts: [],
  };
}

interface Made {
  rows: readonly Row[];
  optimizer?: OptimizerSpec;
  edits?: Edit[];
  points?: CriticalPoint[];
  bounded?: boolean;
  head?: number;
}

/** A frame of one run on a square view of -4..4 a side. */
export function frameOf({ rows, optimizer, edits = [], points = [], bounded = true, head }: Made): Frame {
  const dim = rows[0]?.params.length ?? 2;
  const track = trackOf(rows, dim);
  const experiment: Experiment = {
    version: 1,
    problem: { kind: 'surface', id: 'ravine', params: {} },
    seed: 0,
    dtype: 'float32',
    runs: [{ optimizer: optimizer ?? { id: 'sgd', lr: 0.1 }, start: [...(rows[0]?.params ?? [])] }],
    edits,
  };
  const scene: Scene = {
    dim,
    names: ['x', 'y'].slice(0, dim),
    formula: '',
    bounds: Array.from({ length: dim }, (): [number, number] => [-4, 4]),
    log_height: false,
    bounded,
    points,
  };
  const recording = { tracks: [track], last: rows.length - 1, epoch: 0 };
  return { experiment, scene, recording, head: head ?? rows.length - 1, visible: [true], selected: 0 };
}

/**
 * Gradient descent with momentum on (a x² + b y²) / 2 with a <= b, `steps` updates from (x, y), in float64. A record is
 * said to have diverged when its loss passes `infinite`, and it is the last one.
 */
export function descent(a: number, b: number, lr: number, start: [number, number], steps: number, momentum = 0, infinite = 1e30): Row[] {
  const rows: Row[] = [];
  let [x, y] = start;
  let [u, v] = [0, 0];
  for (let k = 0; k <= steps; k += 1) {
    const loss = 0.5 * (a * x * x + b * y * y);
    const gone = !(Math.abs(loss) < infinite);
    rows.push({
      params: [x, y],
      loss: gone ? Infinity : loss,
      grad: [a * x, b * y],
      eigenvalues: [a, b],
      status: gone ? 'diverged' : 'running',
    });
    if (gone) break;
    u = momentum * u + a * x;
    v = momentum * v + b * y;
    x -= lr * u;
    y -= lr * v;
  }
  return rows;
}
