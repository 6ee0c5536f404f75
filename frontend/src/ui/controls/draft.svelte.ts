/**
 * The value the user has set in a control, until the experiment has it: a slider must not jump back while its edit waits
 * for the server, and a refused value stays in its field, beside the reason.
 */
import { untrack } from 'svelte';

/** Milliseconds to wait for the server before a value from elsewhere (scrubbing, another edit) replaces the draft. */
const TIMEOUT = 1500;

export class Draft<T> {
  private draft = $state.raw<{ readonly value: T } | null>(null);
  private since = 0;
  private held = false;

  /** current: the experiment's value. Call while a component is initialised. */
  constructor(
    private readonly current: () => T,
    private readonly same: (a: T, b: T) => boolean = Object.is,
  ) {
    let before = current();
    $effect(() => {
      const now = this.current();
      if (this.same(now, before)) return;
      before = now;
      const answered = this.draft !== null && this.same(this.draft.value, now);
      if (answered || (!this.held && performance.now() - this.since > TIMEOUT)) this.draft = null;
    });
  }

  get value(): T {
    return this.draft ? this.draft.value : this.current();
  }

  set(value: T): void {
    this.since = performance.now();
    this.draft = { value };
  }

  /** Refused: show the experiment's value. */
  drop(): void {
    this.draft = null;
  }

  /** The user is dragging. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.since = performance.now();
  }
}

/**
 * Keeps the reason of a refusal while the refused value is still shown. The session has only the last fault, and a fault of
 * another field must not make this field look accepted.
 */
export class Refusal<T, R> {
  private kept = $state.raw<{ readonly of: T; readonly reason: R } | null>(null);

  /** fresh: the session's fault of this field. shown, current: the values. Call while a component is initialised. */
  constructor(
    private readonly fresh: () => R | null,
    private readonly shown: () => T,
    private readonly current: () => T,
  ) {
    $effect(() => {
      const reason = this.fresh();
      if (reason !== null) this.kept = { of: untrack(this.shown), reason };
    });
  }

  get reason(): R | null {
    const now = this.fresh();
    if (now !== null) return now;
    const shown = this.shown();
    return this.kept !== null && this.kept.of === shown && shown !== this.current() ? this.kept.reason : null;
  }
}
