/** What the user can go back to, and forward to again: the experiments before each change, with the step on screen. */
import { compact } from '../experiment/compact';
import type { Experiment } from '../protocol/wire';

/** A state of the page to come back to. */
export interface Moment {
  readonly experiment: Experiment;
  /** On screen. */
  readonly step: number;
  /** The last record. */
  readonly last: number;
  /** One a run. */
  readonly marks: readonly number[];
  readonly visible: readonly boolean[];
  readonly selected: number;
}

/** A change of the experiment, as the history tells it from others. */
export interface ChangeKey {
  /** The gesture of the pointer that it belongs to: what one gesture changes again and again is undone together. 0: of none. */
  readonly gesture: number;
  /** What it changes; without a gesture, the same thing changed again soon is undone together with it. */
  readonly what: string;
  /** Milliseconds. */
  readonly at: number;
}

/** Milliseconds within which the same thing changed again, as by a key held down, is one change. */
const SOON = 1000;
const MOST_MOMENTS = 200;
/** Characters of JSON, of all experiments held: data typed or clicked can be large. */
const MOST_CHARACTERS = 8e6;

interface Entry {
  readonly moment: Moment;
  readonly size: number;
}

export class History {
  private past: readonly Entry[] = [];
  private future: readonly Entry[] = [];
  private latest: ChangeKey | null = null;

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** The experiment has been changed. before: the page before the change. Returns whether it goes on with the last change. */
  changed(before: Moment, key: ChangeKey): boolean {
    const { latest } = this;
    const together = latest !== null && this.past.length > 0 && again(latest, key);
    if (!together) this.past = within([...this.past, entryOf(before)]);
    this.future = [];
    this.latest = key;
    return together;
  }

  /** The moment to go back to; null for none. now: the page, to come back to by `redo`. */
  undo(now: Moment): Moment | null {
    const found = this.past.at(-1);
    if (!found) return null;
    this.past = this.past.slice(0, -1);
    this.future = within([...this.future, entryOf(now)]);
    this.latest = null;
    return found.moment;
  }

  redo(now: Moment): Moment | null {
    const found = this.future.at(-1);
    if (!found) return null;
    this.future = this.future.slice(0, -1);
    this.past = within([...this.past, entryOf(now)]);
    this.latest = null;
    return found.moment;
  }
}

function again(before: ChangeKey, now: ChangeKey): boolean {
  return before.what === now.what && before.gesture === now.gesture && (now.gesture > 0 || now.at - before.at < SOON);
}

function entryOf(moment: Moment): Entry {
  return { moment, size: JSON.stringify(compact(moment.experiment)).length };
}

/** Without the oldest ones, where there are too many. The last stays, however large. */
function within(entries: readonly Entry[]): readonly Entry[] {
  let first = Math.max(0, entries.length - MOST_MOMENTS);
  let size = entries.slice(first).reduce((sum, entry) => sum + entry.size, 0);
  for (; size > MOST_CHARACTERS && first < entries.length - 1; first += 1) size -= entries[first]?.size ?? 0;
  return entries.slice(first);
}
