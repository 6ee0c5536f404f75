/** The timeline's marks: edits, forks, and verdicts whose words have a mark. */
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
  /** Kind of the critical point that it came near or left. */
  readonly point: CriticalPoint['kind'] | null;
  readonly verdict: Verdict;
}

export interface ForkMark {
  readonly kind: 'fork';
  readonly step: number;
  readonly run: number;
  readonly parent: number;
}

export type Mark = EditMark | ForkMark | EventMark;

/** Marks too close together to show one by one. */
export interface Cluster {
  /** The kinds in it, the most important first. */
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

/** Without the marks in a fork's shared past, which are shown at its parent if that is visible. */
export function ownMarks<M extends Mark>(experiment: Experiment, visible: readonly boolean[], marks: readonly M[]): M[] {
  return marks.filter(({ run, step }) => step >= firstOwnStep(experiment, run, visible));
}

/** An event must have ended this many steps ago to be marked again: at a region's edge a run goes in and out. */
const MIN_GAP = 10;

/** Finds the events of a growing recording; reads each verdict once. */
export class EventFinder {
  private epoch = -1;
  private seen: number[] = [];
  /** Per run: the step at which an event ended, by `eventKey`. */
  private endedAt: Map<string, number>[] = [];
  private found: EventMark[] = [];

  constructor(private readonly words: VerdictWords) {}

  /** All events so far; the same array while there is nothing new. */
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
    this.endedAt = recording.tracks.map(() => new Map());
    this.found = [];
  }

  private readTrack({ verdicts }: Track, run: number, fresh: EventMark[]): void {
    const endedAt = this.endedAt[run] as Map<string, number>;
    for (let n = this.seen[run] as number; n < verdicts.length; n += 1) {
      const verdict = verdicts[n] as Verdict;
      const before = verdicts[n - 1];
      if (before) endedAt.set(eventKey(before), verdict.step);
      const until = endedAt.get(eventKey(verdict));
      const event = this.eventOf(verdict, run);
      if (event && (until === undefined || verdict.step - until > MIN_GAP)) fresh.push(event);
    }
    this.seen[run] = verdicts.length;
  }

  private eventOf(verdict: Verdict, run: number): EventMark | null {
    const mark = markOf(this.words, verdict);
    return mark && { kind: mark.symbol, step: verdict.step, run, point: 'kind' in verdict ? verdict.kind : null, verdict };
  }
}

/** Identifies an event: its code, and the critical point if there is one. */
function eventKey(verdict: Verdict): string {
  return 'kind' in verdict ? `${verdict.code} ${verdict.at.join()}` : verdict.code;
}

const BY_IMPORTANCE: readonly Mark['kind'][] = ['diverged', 'fork', 'edit', 'unstable', 'near', 'escaped', 'converged'];

/** Groups marks less than `width` steps after the first of their group, so that no cluster is wider. */
export function clusters(marks: readonly Mark[], width: number): Cluster[] {
  const found: Mark[][] = [];
  for (const mark of [...marks].sort((a, b) => a.step - b.step || a.run - b.run)) {
    const open = found.at(-1);
    if (open?.[0] && mark.step - open[0].step < width) open.push(mark);
    else found.push([mark]);
  }
  return found.map((together) => ({
    kinds: BY_IMPORTANCE.filter((kind) => together.some((mark) => mark.kind === kind)),
    first: together[0]?.step ?? 0,
    last: together.at(-1)?.step ?? 0,
    marks: together,
  }));
}
