/** What a change of the experiment changes and discards, and which runs keep their marks. */
import { same } from '../experiment/fork';
import type { Experiment } from '../protocol/wire';
import { lastSharedStep } from './shared-past';
import type { Discarded, Replaced } from './types';

/** Marks there are: colours, each with its shape. */
const MARKS = 8;

/** The marks after a change: a run keeps its own, a new one gets the first that is free. */
export function marksAfter(marks: readonly number[], from: readonly (number | null)[]): number[] {
  const used = new Set<number>();
  const kept = from.map((run) => {
    const mark = run === null ? undefined : marks[run];
    if (mark === undefined || mark >= MARKS || used.has(mark)) return null;
    used.add(mark);
    return mark;
  });
  return kept.map((mark) => {
    if (mark !== null) return mark;
    const free = Array.from({ length: MARKS }, (_, n) => n).find((n) => !used.has(n)) ?? 0;
    used.add(free);
    return free;
  });
}

/** Names what differs between two experiments: the paths of the fields, and of edits that were made, what they set. */
export function differences(before: Experiment, after: Experiment): string {
  const { edits: old = [], ...one } = before;
  const { edits: now = [], ...other } = after;
  const made = now.filter((edit) => !old.some((earlier) => same(earlier, edit)));
  const edited = made.map((edit) => {
    if (edit.params) return `${edit.run} params`;
    return edit.set ? `${edit.run} ${Object.keys(edit.set).join(' ')}` : `${edit.run} optimizer`;
  });
  return [...paths(one, other, ''), ...new Set(edited)].join(', ');
}

function paths(one: unknown, other: unknown, path: string): string[] {
  if (same(one, other)) return [];
  // The params of a problem are one thing: typed text brings and takes parameters of its own.
  if (path === '.problem.params' || !branches(one) || !branches(other)) return [path];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((key) => paths(one[key], other[key], `${path}.${key}`));
}

/** An object, or an array of objects; numbers in a row are one value. */
function branches(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) || value.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
}

/** What a change discards of what was made or seen; null for nothing. */
export function discardedBy({ before: { experiment: before }, seen, experiment: after, from, step }: Replaced): Discarded | null {
  const placeOf = (run: number): number => from.indexOf(run);
  const gone = (before.edits ?? []).filter((edit) => {
    const run = placeOf(edit.run);
    if (run < 0) return false; // its run was removed
    if (step !== null && edit.step === step) return false; // the change takes its place
    return !(after.edits ?? []).some((kept) => same({ ...edit, run }, kept));
  });
  // Another problem begins anew: it goes without saying that its steps are others.
  const replaced = same(before.problem, after.problem)
    ? before.runs.flatMap((_, run) => (placeOf(run) >= 0 && Math.max(0, lastSharedStep(before, run, after, placeOf(run))) < seen ? [run] : []))
    : [];
  if (gone.length === 0 && replaced.length === 0) return null;
  const runs = [...new Set([...replaced, ...gone.map(({ run }) => run)])].sort((a, b) => a - b);
  return { before, step: step ?? 0, seen: replaced.length > 0 ? seen : null, edits: gone, runs };
}
