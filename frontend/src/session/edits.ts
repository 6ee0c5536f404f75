/** Edits that wait to be sent: what a slider says while it is dragged becomes one edit, with the latest value. */
import type { Change, Edit, OptimizerSpec } from './types';

interface Waiting {
  change: Change;
  step: number;
  /** The head was moved by hand since: the edit stays at the step it was made at. Otherwise it is at the step on screen. */
  pinned: boolean;
}

export class EditQueue {
  private waiting: Waiting[] = [];

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** A change at the step on screen. */
  add(change: Change, step: number): void {
    for (const earlier of this.waiting) {
      if (earlier.change.run !== change.run || (earlier.pinned && earlier.step !== step)) continue;
      const merged = merge(earlier.change, change);
      if (!merged) continue;
      earlier.change = merged;
      return;
    }
    this.waiting.push({ change, step, pinned: false });
  }

  /** The user has moved the head: what waits stays where it was. */
  pin(): void {
    for (const edit of this.waiting) edit.pinned = true;
  }

  /** The next edit to send, or null. head: the step on screen. */
  take(head: number): Edit | null {
    const next = this.waiting.shift();
    if (!next) return null;
    const { run, ...what } = next.change;
    return { run, step: next.pinned ? next.step : head, ...what };
  }

  /** An edit that was taken but never answered. What waits for the same run was said later, and goes over it. */
  putBack(edit: Edit): void {
    const change = changeOf(edit);
    const later = this.waiting;
    this.waiting = [{ change, step: edit.step, pinned: true }];
    for (const one of later) {
      if (one.pinned) this.waiting.push(one);
      else this.add(one.change, one.step);
    }
  }

  clear(): void {
    this.waiting = [];
  }
}

/** One change that does what two in a row do, or null where there is none. */
function merge(earlier: Change, later: Change): Change | null {
  const run = later.run;
  if ('set' in later) {
    if ('set' in earlier) return { run, set: { ...earlier.set, ...later.set } };
    if ('optimizer' in earlier) return { run, optimizer: withHyper(earlier.optimizer, later.set) };
    return null;
  }
  if ('optimizer' in later) return 'params' in earlier ? null : later;
  return 'params' in earlier ? later : null;
}

function withHyper(optimizer: OptimizerSpec, hyper: Edit['set']): OptimizerSpec {
  return { ...optimizer, ...hyper, id: optimizer.id };
}

function changeOf({ run, set, optimizer, params }: Edit): Change {
  if (set) return { run, set };
  if (optimizer) return { run, optimizer };
  return { run, params: params ?? [] };
}
