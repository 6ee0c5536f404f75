/** What the panels show of the step on screen, read from the frames a few times a second. */
import { isSurface } from '../../core/experiment/problem';
import { lossNow, moveAt, type Move } from '../../core/player/move';
import { STATUSES } from '../../core/player/track';
import { verdictAt } from '../../core/player/verdict-at';
import type { Edit, Verdict } from '../../core/protocol/wire';
import { FrameReader } from '../../core/session/frame-reader';
import type { DrawState, Session } from '../../core/session/types';
import { changedAtRest } from './from-start';
import { successOf, type Success } from './success';

export interface RunReadout {
  /** At the step on screen, or at the run's last record. */
  readonly loss: number;
  readonly status: (typeof STATUSES)[number];
  /** The step at which it diverged, when that is not beyond the one on screen. */
  readonly divergedAt: number | null;
  /** Where it is then, on a surface; empty for a model. */
  readonly point: readonly number[];
}

/** Milliseconds between two readings. */
const INTERVAL = 80;

export class Readout {
  runs = $state.raw<readonly RunReadout[]>([]);
  /** Of the selected run: its loss at the start. */
  firstLoss = $state(Number.NaN);
  /** What it has reached and still holds; null for nothing. */
  success = $state.raw<Success | null>(null);
  /** Of the selected run; null where nothing is recorded of it. */
  verdict = $state.raw<Verdict | null>(null);
  /** Where an edit has put the selected run at this step, and its loss before; null for nowhere. There is no verdict then. */
  moved = $state.raw<{ readonly move: Move; readonly before: number } | null>(null);
  /** The change that the selected run was given at rest; null for none. */
  late = $state.raw<Edit | null>(null);
  /** The step of the verdict: the one on screen, or the run's last record. */
  step = $state(0);

  private readonly frames = new FrameReader(INTERVAL, (frame) => this.read(frame));

  /** Whether the latest frame has been read: then all of this is of the step on screen. */
  get current(): boolean {
    return this.frames.current;
  }

  /** Follows a session; returns a function that stops. */
  follow(session: Session): () => void {
    return this.frames.follow(session);
  }

  private read(frame: DrawState): void {
    this.runs = readRuns(frame);
    const { experiment, recording, head, selected, moves } = frame;
    const track = recording.tracks[selected];
    this.step = Math.min(head, (track?.length ?? 1) - 1);
    const move = moveAt(moves, selected, this.step);
    this.moved = move && { move, before: track?.loss[this.step] ?? Number.NaN };
    this.verdict = track && !move ? verdictAt(track, this.step) : null;
    this.firstLoss = track?.loss[0] ?? Number.NaN;
    this.success = this.verdict && successOf(frame, this.verdict.code);
    this.late = track ? changedAtRest(experiment, selected, track, this.step) : null;
  }
}

function readRuns({ experiment, recording, head, moves }: DrawState): RunReadout[] {
  return recording.tracks.map((track, run) => {
    const step = Math.min(head, track.length - 1);
    const divergedAt = track.divergedAt !== null && head >= track.divergedAt ? track.divergedAt : null;
    return {
      loss: lossNow(track, step, moves, run),
      status: STATUSES[track.status[step] ?? 0] ?? 'running',
      divergedAt,
      point: isSurface(experiment.problem) ? (moveAt(moves, run, step)?.params ?? [...track.params.subarray(step * track.dim, (step + 1) * track.dim)]) : [],
    };
  });
}
