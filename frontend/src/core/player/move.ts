import type { Track } from './track';

/** Where an edit has put a run: between the record of its step and the update that follows. */
export interface Move {
  readonly run: number;
  readonly step: number;
  readonly dim: number;
  /** Where the run is now. */
  readonly params: readonly number[];
  /** There, one number; NaN while it is not known. */
  readonly loss: readonly [number];
  /** As many numbers as parameters; NaN while they are not known. */
  readonly grad: readonly number[];
  readonly gradNorm: number;
}

/** The move of a run at a step; null where there is none. */
export function moveAt(moves: readonly Move[], run: number, step: number): Move | null {
  return moves.find((move) => move.run === run && move.step === step) ?? null;
}

/** The loss of a run at record k, or where an edit there has put it. */
export function lossNow({ loss }: Pick<Track, 'loss'>, k: number, moves: readonly Move[], run: number): number {
  const moved = moveAt(moves, run, k)?.loss[0] ?? Number.NaN;
  return Number.isNaN(moved) ? (loss[k] ?? Number.NaN) : moved;
}
