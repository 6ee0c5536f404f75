/** A race: after how many steps and gradient evaluations each run has come below a chosen loss. */
import { isLearning, isSurface } from '../../core/experiment/problem';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import { floorOf } from '../../views/loss-scene/figures';

export interface Racer {
  readonly run: number;
  /** The first step at which the loss was not above the chosen one; null: not up to the step on screen. */
  readonly steps: number | null;
  /** Evaluations of the loss with its gradient up to there. */
  readonly evaluations: number | null;
  /** The step at which it diverged, where it did before it came there. */
  readonly divergedAt: number | null;
  /** No run needed fewer. */
  readonly fewestSteps: boolean;
  readonly fewestEvaluations: boolean;
}

/** The share of the first gap to the lowest loss that is left at the loss proposed. */
const LEFT = 0.01;

/** All runs that are shown, in their order. */
export function race(state: Pick<DrawState, 'experiment' | 'recording' | 'head' | 'visible'>, loss: number): Racer[] {
  const { recording: { tracks }, head, visible } = state;
  const batches = inBatches(state);
  const found = tracks.flatMap((track, run) => {
    if (visible[run] === false) return [];
    const steps = firstBelow(track, head, loss, batches);
    const divergedAt = steps === null && track.divergedAt !== null && track.divergedAt <= head ? track.divergedAt : null;
    return [{ run, steps, evaluations: steps === null ? null : track.evaluationsUpTo(steps), divergedAt }];
  });
  const fewest = (counts: (number | null)[]): number => Math.min(...counts.filter((count) => count !== null));
  const [steps, evaluations] = [fewest(found.map((one) => one.steps)), fewest(found.map((one) => one.evaluations))];
  return found.map((one) => ({ ...one, fewestSteps: one.steps === steps, fewestEvaluations: one.evaluations === evaluations }));
}

/** A loss to race to until the user chooses one: near the lowest known, or seen; one digit. NaN before the first record. */
export function proposedLoss(state: Pick<DrawState, 'experiment' | 'scene' | 'recording' | 'head'>): number {
  const { experiment: { problem }, scene, recording: { tracks }, head } = state;
  const firsts = tracks.filter(({ length }) => length > 0).map((track) => track.loss[0] ?? Number.NaN);
  const first = Math.max(...firsts);
  const known = isSurface(problem) ? scene && floorOf(scene) : 0;
  const floor = known ?? Math.min(...tracks.map((track) => lowest(track, head)));
  const loss = Number((floor + LEFT * (first - floor)).toPrecision(floor === 0 ? 1 : 3));
  return Number.isFinite(loss) ? loss : Number.NaN;
}

/** The loss of a batch jumps: there the one on the whole training part counts, where it was measured. */
function inBatches({ experiment: { problem } }: Pick<DrawState, 'experiment'>): boolean {
  return isLearning(problem) && (problem.batch?.size ?? null) !== null;
}

function firstBelow(track: Track, head: number, loss: number, batches: boolean): number | null {
  if (batches) return track.metricsUpTo(head).find(({ losses }) => losses[0] <= loss)?.step ?? null;
  const step = track.loss.subarray(0, Math.min(head + 1, track.length)).findIndex((one) => one <= loss);
  return step < 0 ? null : step;
}

function lowest({ loss, length }: Track, head: number): number {
  let least = Infinity;
  for (let k = 0; k <= head && k < length; k += 1) least = Math.min(least, loss[k] ?? Infinity);
  return least;
}
