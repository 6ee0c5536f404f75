/**
 * What a hand has put into a control until the experiment says the same: a turned slider must not spring back while its
 * edit is on the way, and a refused value stays where it was typed, beside the reason.
 */

import { untrack } from 'svelte';

/** Milliseconds that an answer may take before a value from elsewhere (scrubbing, another edit) counts again. */
const ANSWERED = 1500;

export class Draft<T> {
  private draft = $state.raw<{ readonly value: T } | null>(null);
  private since = 0;
  private held = false;

  /** real: what the experiment says now. Call while a component is made. */
  constructor(
    private readonly real: () => T,
    private readonly same: (a: T, b: T) => boolean = Object.is,
  ) {
    let before = real();
    $effect(() => {
      const now = this.real();
      if (this.same(now, before)) return;
      before = now;
      const answered = this.draft !== null && this.same(this.draft.value, now);
      if (answered || (!this.held && performance.now() - this.since > ANSWERED)) this.draft = null;
    });
  }

  get value(): T {
    return this.draft ? this.draft.value : this.real();
  }

  set(value: T): void {
    this.since = performance.now();
    this.draft = { value };
  }

  /** It was refused, and the control can only show what is real. */
  drop(): void {
    this.draft = null;
  }

  /** The hand is on it. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.since = performance.now();
  }
}

/**
 * A refusal for as long as what was refused is still shown: the session knows only its last one, and another field's must
 * not make this one look as if it had been accepted.
 */
export class Refusal<T, R> {
  private kept = $state.raw<{ readonly of: T; readonly reason: R } | null>(null);

  /** fresh: the session's, where it is of this field. shown, real: as they are now. Call while a component is made. */
  constructor(
    private readonly fresh: () => R | null,
    private readonly shown: () => T,
    private readonly real: () => T,
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
    return this.kept !== null && this.kept.of === shown && shown !== this.real() ? this.kept.reason : null;
  }
}
