/** A made-up recording and session: plain descent and friends on a few surfaces, for the bench page and the tests. */
import type { Recording, Track } from '../player/track';
import type { Experiment, Scene } from '../protocol/wire';
import type { DrawState, Grid, Session } from './types';

interface Surface {
  scene: Scene;
  f(x: number, y: number): number;
  grad(x: number, y: number): [number, number];
  hessian(x: number, y: number): [number, number, number];
  start: [number, number];
}

const view = (low: number, high: number): [number, number] => [low, high];

export const SURFACES: Record<string, Surface> = {
  ravine: {
    scene: {
      dim: 2, names: ['x', 'y'], formula: '', bounds: [view(-4, 4), view(-4, 4)], log_height: false, bounded: true,
      points: [{ kind: 'minimum' as Scene['points'][number]['kind'], at: [0, 0], value: 0 }],
    },
    f: (x, y) => 0.5 * (x * x + 10 * y * y),
    grad: (x, y) => [x, 10 * y],
    hessian: () => [1, 0, 10],
    start: [-2.5, 2.5],
  },
  saddle: {
    scene: {
      dim: 2, names: ['x', 'y'], formula: '', bounds: [view(-2, 2), view(-2, 2)], log_height: false, bounded: true,
      points: [
        { kind: 'saddle' as Scene['points'][number]['kind'], at: [0, 0], value: 0 },
        { kind: 'minimum' as Scene['points'][number]['kind'], at: [0, 1], value: -0.25 },
        { kind: 'minimum' as Scene['points'][number]['kind'], at: [0, -1], value: -0.25 },
      ],
    },
    f: (x, y) => 0.5 * x * x + 0.25 * y ** 4 - 0.5 * y * y,
    grad: (x, y) => [x, y ** 3 - y],
    hessian: (_x, y) => [1, 0, 3 * y * y - 1],
    start: [-1.6, 0.001],
  },
  beale: {
    scene: {
      dim: 2, names: ['x', 'y'], formula: '', bounds: [view(-4.5, 4.5), view(-4.5, 4.5)], log_height: true, bounded: true,
      points: [
        { kind: 'minimum' as Scene['points'][number]['kind'], at: [3, 0.5], value: 0 },
        { kind: 'saddle' as Scene['points'][number]['kind'], at: [0, 1], value: 14.203125 },
      ],
    },
    f: (x, y) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y ** 3) ** 2,
    grad: (x, y) => {
      const [a, b, c] = [1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y ** 3];
      return [
        2 * a * (y - 1) + 2 * b * (y * y - 1) + 2 * c * (y ** 3 - 1),
        2 * a * x + 4 * b * x * y + 6 * c * x * y * y,
      ];
    },
    hessian: (x, y) => [10 + x, 2 * y, 8 + y],
    start: [1, 2.2],
  },
  square: {
    scene: {
      dim: 1, names: ['x'], formula: '', bounds: [view(-2, 6)], log_height: false, bounded: true,
      points: [{ kind: 'minimum' as Scene['points'][number]['kind'], at: [2], value: 0 }],
    },
    f: (x) => (x - 2) ** 2,
    grad: (x) => [2 * (x - 2), 0],
    hessian: () => [2, 0, 0],
    start: [5.5, 0],
  },
};

export interface FakeRun {
  lr: number;
  momentum: number;
  normalised: boolean;
}

export const RUNS: FakeRun[] = [
  { lr: 0.05, momentum: 0, normalised: false },
  { lr: 0.01, momentum: 0.9, normalised: false },
  { lr: 0.02, momentum: 0, normalised: true },
  { lr: 0.18, momentum: 0, normalised: false },
  { lr: 0.21, momentum: 0, normalised: false },
];

/** All five stay in the picture for thousands of steps: nothing gets cheap by leaving it. */
export const LASTING_RUNS: FakeRun[] = [
  { lr: 0.001, momentum: 0, normalised: false },
  { lr: 0.0002, momentum: 0.99, normalised: false },
  { lr: 0.002, momentum: 0, normalised: true },
  { lr: 0.1999, momentum: 0, normalised: false },
  { lr: 0.002, momentum: 0.999, normalised: false },
];

/** steps + 1 records of one run; stops where it diverges. */
export function fakeTrack(surface: Surface, run: FakeRun, steps: number): Track {
  const n = surface.scene.dim;
  const size = steps + 1;
  const track = {
    length: 0, dim: n, eigen: n, lr: new Float64Array(size).fill(run.lr), divergedAt: null as number | null, verdicts: [],
    loss: new Float64Array(size), params: new Float64Array(size * n), grad: new Float64Array(size * n),
    gradNorm: new Float64Array(size), update: new Float64Array(size * n), eigenvalues: new Float64Array(size * n),
    eigenvectors: new Float64Array(size * n * n), rateZones: new Float64Array(size * 2).fill(Number.NaN), status: new Uint8Array(size), critical: new Uint8Array(size),
    fitAt: () => null, metricsUpTo: () => [], evaluationsUpTo: (step: number) => step,
  };
  let [x, y] = surface.start;
  let [vx, vy] = [0, 0];
  let [ux, uy] = [0, 0];
  for (let k = 0; k < size; k++) {
    const loss = surface.f(x, y);
    const [gx, gy] = surface.grad(x, y);
    const [a, b, d] = surface.hessian(x, y);
    const [mid, gap] = [(a + d) / 2, Math.hypot((a - d) / 2, b)];
    track.loss[k] = loss;
    track.gradNorm[k] = Math.hypot(gx, gy);
    track.params.set([x, y].slice(0, n), k * n);
    track.grad.set([gx, gy].slice(0, n), k * n);
    track.update.set([ux, uy].slice(0, n), k * n);
    track.eigenvalues.set(n === 1 ? [a] : [mid - gap, mid + gap], k * n);
    track.eigenvectors.set(n === 1 ? [1] : d < a ? [0, 1, 1, 0] : [1, 0, 0, 1], k * n * n);
    track.length = k + 1;
    if (n === 2 && mid - gap < 0 && mid + gap > 0 && Math.hypot(gx, gy) < 0.1) track.critical[k] = 2;
    if (![loss, gx, gy].every(Number.isFinite)) {
      track.status[k] = 2;
      track.divergedAt = k;
      break;
    }
    const norm = run.normalised ? Math.hypot(gx, gy) || 1 : 1;
    vx = run.momentum * vx + gx / norm;
    vy = run.momentum * vy + gy / norm;
    [ux, uy] = [-run.lr * vx, n === 1 ? 0 : -run.lr * vy];
    x += ux;
    y += uy;
  }
  return track;
}

export interface FakeSession extends Session {
  readonly frame: FakeFrame;
  show(head: number): void;
}
/** One moment of a surface. */
export type FakeFrame = DrawState & { readonly scene: Scene };

/** A session that plays a recording made beforehand. Its fields do not change by themselves. */
export function fakeSession(id: string, steps: number, runs: readonly FakeRun[] = RUNS): FakeSession {
  const surface = SURFACES[id] as Surface;
  const tracks = runs.map((run) => fakeTrack(surface, run, steps));
  const recording: Recording = { tracks, last: steps, epoch: 1 };
  const experiment: Experiment = {
    version: 1,
    problem: { kind: 'surface', id, params: {} },
    runs: runs.map((run) => ({
      optimizer: { id: 'sgd', lr: run.lr, momentum: run.momentum },
      start: surface.start.slice(0, surface.scene.dim),
    })),
    edits: [{ step: 12, run: 0, set: { lr: runs[0]?.lr ?? 0.1 } }],
  } as Experiment;
  const listeners = new Set<(frame: DrawState) => void>();
  const frame = { experiment, scene: surface.scene, recording, head: 0, visible: runs.map(() => true), selected: 0, ghosts: [], moves: [] };
  return {
    catalog: null, experiment, engines: runs.map(() => 'eager' as const), scene: surface.scene, layers: [], head: 0, last: steps, playing: false, resting: false, stopsAtRest: true, speed: 30, connection: 'live', place: 0,
    compiling: false, device: 'cpu', torch: '2.13.0', fault: null, claim: null, visible: frame.visible, selected: 0, ghosts: [], marks: runs.map((_, n) => n),
    canUndo: false, canRedo: false, discarded: null, frame,
    show(head) {
      frame.head = head;
      for (const draw of listeners) draw(frame);
    },
    open: () => Promise.resolve(true),
    fork: () => Promise.resolve(null),
    edit() {}, preview() {}, previewUpTo() {}, play() {}, pause() {}, setSpeed() {}, select() {}, setVisible() {}, clearFault() {}, stepBy() {}, clearDiscarded() {},
    undo: () => Promise.resolve(),
    redo: () => Promise.resolve(),
    clearClaim() {}, setStopsAtRest() {}, playThrough() {}, stopAt() {}, follow() {},
    fingerprint: () => null,
    seek(step) {
      this.show(step);
    },
    surface: (bounds, shape) => Promise.resolve(fakeGrid(surface, bounds, shape)),
    inspect: () => Promise.reject(new Error('a made-up recording')),
    points: () => Promise.resolve(surface.scene.points),
    data: () => Promise.reject(new Error('a surface')),
    fit: () => Promise.reject(new Error('a surface')),
    rates: () => Promise.resolve([]),
    plane: () => Promise.reject(new Error('a surface')),
    graph: () => Promise.reject(new Error('a surface')),
    neurons: () => Promise.reject(new Error('a surface')),
    check: () => Promise.reject(new Error('a surface')),
    checkEngine: () => Promise.resolve([]),
    rehearse: () => new Promise(() => {}),
    tryScaling: () => new Promise(() => {}),
    sweep: () => new Promise(() => {}),
    cancelSweep() {},
    onFrame(draw) {
      listeners.add(draw);
      draw(frame);
      return () => listeners.delete(draw);
    },
  };
}

export function fakeGrid(surface: Surface, bounds: [number, number][], shape: number[]): Grid {
  const [nx = 1, ny = 1] = shape;
  const [bx, by]: [[number, number], [number, number]] = [bounds[0] ?? [0, 1], bounds[1] ?? [0, 0]];
  const z = new Float32Array(nx * ny);
  for (let iy = 0; iy < ny; iy++) {
    for (let ix = 0; ix < nx; ix++) {
      const x = bx[0] + ((bx[1] - bx[0]) * ix) / Math.max(nx - 1, 1);
      const y = by[0] + ((by[1] - by[0]) * iy) / Math.max(ny - 1, 1);
      z[iy * nx + ix] = surface.f(x, y);
    }
  }
  return { bounds, nx, ny, z };
}
