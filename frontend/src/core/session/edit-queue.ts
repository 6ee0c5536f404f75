/** Edits that wait to be sent: what a slider says while it is dragged becomes one edit, with the latest value. */
import type { Edit, OptimizerSpec } from '../protocol/wire';
import type { Change } from './types';

interface Waiting {
  op: 'edit' | 'fork';
  change: Change;
  step: number;
  /** The head was moved by hand since: the edit stays at the step it was made at. Otherwise it is at the step on screen. */
  pinned: boolean;
  told: Told;
}

/** The number of the run that a fork made, or null where it made none. */
type Told = (run: number | null) => void;

/** A change that is to go out now: to a run, or to a branch that leaves it there. */
export interface Taken {
  readonly op: 'edit' | 'fork';
  readonly edit: Edit;
  readonly told: Told;
}

const NOBODY: Told = () => {};

export class EditQueue {
  private waiting: Waiting[] = [];

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** A change at the step on screen. */
  add(change: Change, step: number): void {
    // A branch takes along what was said before it, and nothing that was said after it.
    const from = this.waiting.findLastIndex((earlier) => earlier.op === 'fork') + 1;
    for (const earlier of this.waiting.slice(from)) {
      if (earlier.change.run !== change.run || (earlier.pinned && earlier.step !== step)) continue;
      const merged = merge(earlier.change, change);
      if (!merged) continue;
      earlier.change = merged;
      return;
    }
    this.waiting.push({ op: 'edit', change, step, pinned: false, told: NOBODY });
  }

  /** A branch that leaves run `change.run` at a step. */
  fork(change: Change, step: number, told: Told): void {
    this.waiting.push({ op: 'fork', change, step, pinned: true, told });
  }

  /** The user has moved the head: what waits stays where it was. */
  pin(): void {
    for (const edit of this.waiting) edit.pinned = true;
  }

  /** The next one to send, or null. head: the step on screen. */
  take(head: number): Taken | null {
    const next = this.waiting.shift();
    if (!next) return null;
    const { run, ...what } = next.change;
    return { op: next.op, edit: { run, step: next.pinned ? next.step : head, ...what }, told: next.told };
  }

  /** One that was taken but never answered. What waits for the same run was said later, and goes over it. */
  putBack({ op, edit, told }: Taken): void {
    const change = changeOf(edit);
    const later = this.waiting;
    this.waiting = [{ op, change, step: edit.step, pinned: true, told }];
    for (const one of later) {
      if (one.pinned) this.waiting.push(one);
      else this.add(one.change, one.step);
    }
  }

  clear(): void {
    for (const { told } of this.waiting) told(null);
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
