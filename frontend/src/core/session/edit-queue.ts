/** Edits that wait to be sent. Successive values of a dragged slider merge into one edit with the latest value. */
import type { Edit } from '../protocol/wire';
import { changeOf, type Change } from './types';

/** Called with the number of the run that a fork made, or null when it made none. */
type OnFork = (run: number | null) => void;

interface Waiting {
  op: 'edit' | 'fork';
  change: Change;
  step: number;
  /** The user has moved the head since: the edit stays at its step. Otherwise it applies at the step on screen. */
  pinned: boolean;
  /** The gesture of the pointer that it is part of; 0: none. */
  gesture: number;
  onFork: OnFork;
}

/** A change ready to send: to a run, or to a new fork of it. */
export interface QueuedChange {
  readonly op: 'edit' | 'fork';
  readonly edit: Edit;
  readonly gesture: number;
  readonly onFork: OnFork;
}

export class EditQueue {
  private waiting: Waiting[] = [];

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** A change at the step on screen. */
  add(change: Change, step: number, gesture = 0): void {
    // A fork copies the edits before it and none after it, so edits do not merge across a fork.
    const from = this.waiting.findLastIndex((earlier) => earlier.op === 'fork') + 1;
    for (const earlier of this.waiting.slice(from)) {
      if (earlier.change.run !== change.run || (earlier.pinned && earlier.step !== step)) continue;
      const merged = merge(earlier.change, change);
      if (!merged) continue;
      earlier.change = merged;
      earlier.gesture = gesture;
      return;
    }
    this.waiting.push({ op: 'edit', change, step, pinned: false, gesture, onFork: () => {} });
  }

  /** A fork of run `change.run` at a step. */
  fork(change: Change, step: number, gesture: number, onFork: OnFork): void {
    this.waiting.push({ op: 'fork', change, step, pinned: true, gesture, onFork });
  }

  /** The user has moved the head: waiting edits keep their steps. */
  pin(): void {
    for (const edit of this.waiting) edit.pinned = true;
  }

  /** The step at which the next change would be made; -1 where none waits. */
  nextStep(head: number): number {
    const [next] = this.waiting;
    return next ? (next.pinned ? next.step : head) : -1;
  }

  /** The next change to send, or null. head: the step on screen. */
  take(head: number): QueuedChange | null {
    const next = this.waiting.shift();
    if (!next) return null;
    const { run, ...fields } = next.change;
    return { op: next.op, edit: { run, step: next.pinned ? next.step : head, ...fields }, gesture: next.gesture, onFork: next.onFork };
  }

  /** Puts back a change that got no reply. Waiting edits of the same run are later, and override it. */
  requeue({ op, edit, gesture, onFork }: QueuedChange): void {
    const later = this.waiting;
    this.waiting = [{ op, change: changeOf(edit), step: edit.step, pinned: true, gesture, onFork }];
    for (const one of later) {
      if (one.pinned) this.waiting.push(one);
      else this.add(one.change, one.step, one.gesture);
    }
  }

  clear(): void {
    for (const { onFork } of this.waiting) onFork(null);
    this.waiting = [];
  }
}

/** One change with the effect of two in a row, or null where there is none. */
function merge(earlier: Change, later: Change): Change | null {
  const run = later.run;
  if ('set' in later) {
    if ('set' in earlier) return { run, set: { ...earlier.set, ...later.set } };
    if ('optimizer' in earlier) return { run, optimizer: { ...earlier.optimizer, ...later.set, id: earlier.optimizer.id } };
    return null;
  }
  if ('optimizer' in later) return 'params' in earlier ? null : later;
  return 'params' in earlier ? later : null;
}
