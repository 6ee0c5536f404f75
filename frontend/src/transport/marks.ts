/** What the timeline marks: edits, and where runs diverge, converge or come near a saddle. */
import { CRITICALS, STATUSES, type Edit, type Experiment, type Recording, type Track } from '../session/types';

export interface EditMark {
  readonly kind: 'edit';
  readonly step: number;
  readonly run: number;
  readonly edit: Edit;
}

export interface EventMark {
  readonly kind: 'diverged' | 'saddle' | 'converged';
  readonly step: number;
  readonly run: number;
}

export type Mark = EditMark | EventMark;

/** Marks that stand too close to tell apart. */
export interface Cluster {
  /** Every kind that is in it, the one that matters most first. */
  readonly kinds: readonly Mark['kind'][];
  readonly first: number;
  readonly last: number;
  /** In order of steps, at least one. */
  readonly marks: readonly Mark[];
}

export function editMarks(experiment: Experiment): EditMark[] {
  return (experiment.edits ?? []).map((edit) => ({ kind: 'edit', step: edit.step, run: edit.run, edit }));
}

/** A stay must have been left for this many steps before another one is marked: at its rim a run goes in and out. */
const APART = 10;

const SADDLE = CRITICALS.indexOf('saddle');
const CONVERGED = STATUSES.indexOf('converged');

/** Finds the events of a recording that grows, looking at each record once. */
export class EventFinder {
  private epoch = -1;
  private seen: number[] = [];
  private saddleUntil: number[] = [];
  private convergedUntil: number[] = [];
  private found: EventMark[] = [];

  /** All events so far; the same array as long as there is nothing new. */
  read(recording: Recording): readonly EventMark[] {
    if (recording.epoch !== this.epoch || recording.tracks.length !== this.seen.length) this.forget(recording);
    const before = this.found.length;
    const fresh: EventMark[] = [];
    recording.tracks.forEach((track, run) => this.readTrack(track, run, fresh));
    if (fresh.length > 0 || before === 0) this.found = [...this.found, ...fresh];
    return this.found;
  }

  private forget(recording: Recording): void {
    this.epoch = recording.epoch;
    this.seen = recording.tracks.map(() => 0);
    this.saddleUntil = recording.tracks.map(() => -Infinity);
    this.convergedUntil = recording.tracks.map(() => -Infinity);
    this.found = [];
  }

  private readTrack(track: Track, run: number, fresh: EventMark[]): void {
    for (let step = this.seen[run] ?? 0; step < track.length; step += 1) {
      if (track.critical[step] === SADDLE) {
        if (step - (this.saddleUntil[run] as number) > APART) fresh.push({ kind: 'saddle', step, run });
        this.saddleUntil[run] = step;
      }
      if (track.status[step] === CONVERGED) {
        if (step - (this.convergedUntil[run] as number) > APART) fresh.push({ kind: 'converged', step, run });
        this.convergedUntil[run] = step;
      }
      if (step === track.divergedAt) fresh.push({ kind: 'diverged', step, run });
    }
    this.seen[run] = track.length;
  }
}

const BY_WEIGHT: readonly Mark['kind'][] = ['diverged', 'edit', 'saddle', 'converged'];

/** Puts marks together that are less than `apart` steps from the first of them, so that no cluster grows wider. */
export function clusters(marks: readonly Mark[], apart: number): Cluster[] {
  const found: Mark[][] = [];
  for (const mark of [...marks].sort((a, b) => a.step - b.step || a.run - b.run)) {
    const open = found.at(-1);
    if (open?.[0] && mark.step - open[0].step < apart) open.push(mark);
    else found.push([mark]);
  }
  return found.map((together) => ({
    kinds: BY_WEIGHT.filter((kind) => together.some((mark) => mark.kind === kind)),
    first: together[0]?.step ?? 0,
    last: together.at(-1)?.step ?? 0,
    marks: together,
  }));
}
