/** What is happening to a run at a step: a code and its numbers, from the records alone. Words are in sentence.ts. */
import { hyperAt } from '../experiment/hyper';
import { CRITICALS, STATUSES, type CriticalPoint, type Experiment, type Frame, type Track } from '../session/types';
import { nearCritical, type NearCritical } from './critical';
import { diverged, type Diverged } from './divergence';
import { overshoots, type Overshoots } from './stability';

/** step: first one of the stay at the minimum. lowest: the deepest declared minimum, where it is another one. */
export interface Converged {
  readonly code: 'converged';
  readonly step: number;
  readonly at: readonly number[];
  readonly loss: number;
  readonly lowest: CriticalPoint | null;
}

/** On a surface that has no bottom, outside the picture and going down. */
export interface Falls {
  readonly code: 'falls';
  readonly loss: number;
}

export interface Looking {
  readonly code: 'looking';
}

export type Verdict = Diverged | Overshoots | Converged | Falls | NearCritical | Looking;

/** The parts of a frame that speak of one run. */
export interface Moment {
  readonly experiment: Experiment;
  readonly scene: Frame['scene'];
  readonly run: number;
  readonly track: Track;
  /** A step that the track holds. */
  readonly step: number;
}

/** Of the selected run at the play head; null where nothing is recorded of it. */
export function verdict(frame: Frame): Verdict | null {
  const track = frame.recording.tracks[frame.selected];
  if (!track || track.length === 0 || !frame.experiment.runs[frame.selected]) return null;
  const step = Math.min(frame.head, track.length - 1);
  const moment = { experiment: frame.experiment, scene: frame.scene, run: frame.selected, track, step };
  return (
    diverged(moment) ??
    converged(moment) ??
    falls(moment) ??
    overshoots(moment) ??
    nearCritical(moment, hyperAt(frame.experiment, frame.selected, step)) ?? { code: 'looking' }
  );
}

function converged({ scene, track, step }: Moment): Converged | null {
  const status = STATUSES.indexOf('converged');
  if (track.status[step] !== status) return null;
  let first = step;
  while (first > 0 && track.status[first - 1] === status) first -= 1;

  const here = rowAt(track.params, track.dim, step);
  const near = nearest(scene, here, 'minimum');
  const lowest = scene.points
    .filter((point) => point.kind === 'minimum')
    .reduce<CriticalPoint | null>((best, point) => (best === null || point.value < best.value ? point : best), null);
  const loss = track.loss[step] as number;
  const deeper = lowest !== null && lowest.value < loss - 1e-3 * Math.max(1, Math.abs(loss));
  return { code: 'converged', step: first, at: near?.at ?? here, loss, lowest: deeper ? lowest : null };
}

function falls({ scene, track, step }: Moment): Falls | null {
  if (scene.bounded || step === 0 || inView(scene, rowAt(track.params, track.dim, step))) return null;
  const loss = track.loss[step] as number;
  return loss < (track.loss[0] as number) && loss < (track.loss[step - 1] as number) ? { code: 'falls', loss } : null;
}

// --- small things that every verdict reads ---

export function rowAt(values: Float64Array, n: number, step: number): number[] {
  return Array.from(values.subarray(step * n, (step + 1) * n));
}

/** Column `column` of the eigenvectors at a step. */
export function eigenvector(track: Track, step: number, column: number): number[] {
  const { dim, eigenvectors } = track;
  return Array.from({ length: dim }, (_, row) => eigenvectors[(step * dim + row) * dim + column] as number);
}

export function inView(scene: Frame['scene'], at: readonly number[]): boolean {
  return scene.bounds.every(([low, high], i) => low <= (at[i] as number) && (at[i] as number) <= high);
}

export function diagonal(scene: Frame['scene']): number {
  return Math.hypot(...scene.bounds.map(([low, high]) => high - low));
}

/** As near as the engine calls near: this share of the view's diagonal. */
export const NEAR = 0.05;

/** The declared critical point of a kind near a place, or null. */
export function nearest(scene: Frame['scene'], at: readonly number[], kind: CriticalPoint['kind']): CriticalPoint | null {
  let best: CriticalPoint | null = null;
  let distance = NEAR * diagonal(scene);
  for (const point of scene.points) {
    const away = Math.hypot(...point.at.map((value, i) => value - (at[i] as number)));
    if (point.kind !== kind || away > distance) continue;
    best = point;
    distance = away;
  }
  return best;
}

export function criticalAt(track: Track, step: number): (typeof CRITICALS)[number] {
  return CRITICALS[track.critical[step] as number] ?? 'none';
}
