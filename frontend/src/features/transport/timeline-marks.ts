/** What the timeline marks: edits, branches, and verdicts whose words have a mark. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Recording, Track } from '../../core/player/track';
import type { CriticalPoint, Edit, Experiment, Verdict } from '../../core/protocol/wire';
import { markOf, type VerdictMark, type VerdictWords } from '../../ui/verdict-words/verdict-text';

export interface EditMark {
  readonly kind: 'edit';
  readonly step: number;
  readonly run: number;
  readonly edit: Edit;
}

export interface EventMark {
  readonly kind: VerdictMark['symbol'];
  readonly step: number;
  readonly run: number;
  /** Which kind of critical point it came near or left. */
  readonly point: CriticalPoint['kind'] | null;
  readonly verdict: Verdict;
}

/** A branch begins. */
export interface ForkMark {
  readonly kind: 'fork';
  readonly step: number;
  readonly run: number;
  readonly parent: number;
}

export type Mark = EditMark | ForkMark | EventMark;

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

export function forkMarks({ runs }: Experiment): ForkMark[] {
  return runs.flatMap(({ fork }, run) => (fork ? [{ kind: 'fork', step: fork.step, run, parent: fork.run }] : []));
}

/** Those that are of a run's own: what a branch shares with another run is marked there, if that one is shown. */
export function ownMarks<M extends Mark>(experiment: Experiment, visible: readonly boolean[], marks: readonly M[]): M[] {
  return marks.filter(({ run, step }) => step >= firstOwnStep(experiment, run, visible));
}

/** What is marked must have been over for this many steps before it is marked again: at its rim a run goes in and out. */
const APART = 10;

/** Finds the events of a recording that grows, looking at each verdict once. */
export class EventFinder {
  private epoch = -1;
  private seen: number[] = [];
  /** Of each run: until which step an event held, by what it is and where. */
  private held: Map<string, number>[] = [];
  private found: EventMark[] = [];

  constructor(private readonly words: VerdictWords) {}

  /** All events so far; the same array as long as there is nothing new. */
  read(recording: Recording): readonly EventMark[] {
    if (recording.epoch !== this.epoch || recording.tracks.length !== this.seen.length) this.forget(recording);
    const fresh: EventMark[] = [];
    recording.tracks.forEach((track, run) => this.readTrack(track, run, fresh));
    if (fresh.length > 0) this.found = [...this.found, ...fresh];
    return this.found;
  }

  private forget(recording: Recording): void {
    this.epoch = recording.epoch;
    this.seen = recording.tracks.map(() => 0);
    this.held = recording.tracks.map(() => new Map());
    this.found = [];
  }

  private readTrack({ verdicts }: Track, run: number, fresh: EventMark[]): void {
    const held = this.held[run] as Map<string, number>;
    for (let n = this.seen[run] as number; n < verdicts.length; n += 1) {
      const verdict = verdicts[n] as Verdict;
      const before = verdicts[n - 1];
      if (before) held.set(eventKey(before), verdict.step);
      const until = held.get(eventKey(verdict));
      const event = this.eventOf(verdict, run);
      if (event && (until === undefined || verdict.step - until > APART)) fresh.push(event);
    }
    this.seen[run] = verdicts.length;
  }

  private eventOf(verdict: Verdict, run: number): EventMark | null {
    const mark = markOf(this.words, verdict);
    return mark && { kind: mark.symbol, step: verdict.step, run, point: 'kind' in verdict ? verdict.kind : null, verdict };
  }
}

/** What makes it another event than one before: its code, and near a critical point which one. */
function eventKey(verdict: Verdict): string {
  return 'kind' in verdict ? `${verdict.code} ${verdict.at.join()}` : verdict.code;
}

const BY_WEIGHT: readonly Mark['kind'][] = ['diverged', 'fork', 'edit', 'unstable', 'near', 'escaped', 'converged'];

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
