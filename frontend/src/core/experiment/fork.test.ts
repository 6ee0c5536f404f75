import { describe, expect, it } from 'vitest';
import type { Edit, Experiment, Run } from '../protocol/wire';
import { surfaceEntry } from './catalog';
import { CATALOG } from './catalog.testing';
import { addRun, duplicateRun, removeRun, setHyperparameter, setOptimizer, setStart, withParams, withProblem } from './changes';
import { firstOwnStep, withoutEdits, withValidForks } from './fork';

const SGD: Run = { optimizer: { id: 'sgd', lr: 0.1 }, start: [1, 2] };
const RAVINE = surfaceEntry(CATALOG, 'ravine') as NonNullable<ReturnType<typeof surfaceEntry>>;

function branch(run: number, step: number, more: Partial<Run> = {}): Run {
  return { ...SGD, ...more, fork: { run, step } };
}

function edit(step: number, run: number, lr = 0.5): Edit {
  return { step, run, set: { lr } };
}

/** Run 1 left run 0 at step 10, run 2 left run 1 at step 20; run 3 is none of them. */
function family(): Experiment {
  return {
    version: 1,
    problem: { kind: 'surface', id: 'ravine', params: {} },
    runs: [SGD, branch(0, 10), branch(1, 20), { ...SGD, start: [0, 0] }],
    edits: [edit(5, 0), edit(5, 1), edit(5, 2), edit(10, 1, 0.7), edit(10, 2, 0.7), edit(20, 2, 0.9)],
  };
}

function forks({ runs }: Experiment): unknown[] {
  return runs.map((run) => (run.fork ? [run.fork.run, run.fork.step] : null));
}

describe('a branch', () => {
  it('is believed as long as its past is that of the run it left', () => {
    const experiment = family();
    expect(withValidForks(experiment)).toBe(experiment);
    expect(forks(withValidForks({ ...experiment, edits: [edit(5, 0), edit(5, 1)] }))).toEqual([null, [0, 10], [1, 5], null]);
    expect(forks(withValidForks({ ...experiment, edits: [edit(5, 0), edit(6, 1)] }))).toEqual([null, [0, 5], [1, 6], null]);
    expect(forks(withValidForks({ ...experiment, edits: [edit(0, 0)] }))).toEqual([null, null, [1, 20], null]);
  });

  it('does not mind the order of names and edits, nor fields that say nothing', () => {
    const experiment = family();
    const runs = [{ ...SGD, optimizer: { lr: 0.1, id: 'sgd' } }, ...experiment.runs.slice(1)];
    const edits = [...(experiment.edits ?? [])].reverse().map((one) => ({ ...one, optimizer: null, params: null }));
    expect(forks(withValidForks({ ...experiment, runs, edits }))).toEqual([null, [0, 10], [1, 20], null]);
  });

  it('follows the run it left when runs move, and takes its place when that one goes', () => {
    expect(forks(removeRun(family(), 3))).toEqual([null, [0, 10], [1, 20]]);
    expect(forks(removeRun(family(), 1))).toEqual([null, [0, 10], null]);
    expect(forks(removeRun(family(), 0))).toEqual([null, [0, 20], null]);
    expect(forks(duplicateRun(family(), 0))).toEqual([null, null, [0, 10], [2, 20], null]);
    expect(forks(duplicateRun(family(), 1))).toEqual([null, [0, 10], [0, 10], [1, 20], null]);
    expect(forks(addRun(family(), SGD))).toEqual([null, [0, 10], [1, 20], null, null]);
    for (const changed of [removeRun(family(), 0), removeRun(family(), 1), duplicateRun(family(), 1)]) {
      expect(withValidForks(changed)).toBe(changed);
    }
  });

  it('is one of its eldest sister when the run that both left goes', () => {
    const { runs, edits, ...rest } = family();
    const sisters = { ...rest, runs: [...runs, branch(0, 8), branch(0, 30)], edits: [...(edits ?? []), edit(5, 4), edit(5, 5)] };
    expect(withValidForks(sisters)).toBe(sisters);
    const left = removeRun(sisters, 0);
    expect(forks(left)).toEqual([null, [0, 20], null, [0, 8], [0, 10]]);
    expect(withValidForks(left)).toBe(left);
  });

  it('stays one when all runs begin elsewhere, and not when one of the two does', () => {
    expect(forks(setStart(family(), [3, 3]))).toEqual([null, [0, 10], [1, 20], null]);
    expect(forks(setStart(family(), [3, 3], 1))).toEqual([null, null, null, null]);
    expect(forks(setStart(family(), [3, 3], 2))).toEqual([null, [0, 10], null, null]);
  });

  it('ends when one of the two begins in another way', () => {
    expect(forks(setHyperparameter(family(), 0, { lr: 0.3 }))).toEqual([null, null, [1, 20], null]);
    expect(forks(setOptimizer(CATALOG, family(), 2, 'adam', RAVINE.lr))).toEqual([null, [0, 10], null, null]);
  });

  it('ends when one of the two has another schedule, or does not clear its gradients', () => {
    const changed = (more: Partial<Run>) => {
      const experiment = family();
      return forks(withValidForks({ ...experiment, runs: experiment.runs.map((run, n) => (n === 1 ? { ...run, ...more } : run)) }));
    };
    expect(changed({ zero_grad: true, schedule: null })).toEqual([null, [0, 10], [1, 20], null]); // that is how it is
    expect(changed({ zero_grad: false })).toEqual([null, null, null, null]);
    expect(changed({ schedule: { id: 'step', gamma: 0.5 } })).toEqual([null, null, null, null]);
  });

  it('goes with the changes that made it: on another problem, and when all changes are undone', () => {
    for (const left of [withProblem(CATALOG, family(), 'beale'), withParams(family(), { steepness: 3 }), withoutEdits(family())]) {
      expect(left.runs.length).toBe(2);
      expect(forks(left)).toEqual([null, null]);
      expect(left.edits).toEqual([]);
    }
  });

  it('is drawn from its step on, and whole where the run it left is not drawn', () => {
    const all = [true, true, true, true];
    expect([0, 1, 2, 3].map((run) => firstOwnStep(family(), run, all))).toEqual([0, 10, 20, 0]);
    expect(firstOwnStep(family(), 1, [false, true, true, true])).toBe(0);
    expect(firstOwnStep(family(), 2, [false, true, true, true])).toBe(20);
  });
});
