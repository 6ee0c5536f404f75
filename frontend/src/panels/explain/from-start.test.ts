import { describe, expect, it, vi } from 'vitest';
import type { Edit, Experiment, Verdict } from '../../core/protocol/wire';
import type { Session } from '../../core/session/types';
import { againWords, changedAtRest, startAgain } from './from-start';

const verdicts = [[0, 'descending'], [83, 'converged'], [150, 'unstable']].map(
  ([step, code]) => ({ step, code, remedy: null }) as unknown as Verdict,
);
const edit = (step: number, what: Partial<Edit>, run = 0): Edit => ({ step, run, ...what });
const experiment = (...edits: Edit[]): Experiment => ({
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: {} },
  runs: [{ optimizer: { id: 'sgd', lr: 0.15 }, start: [-2.5, 2.5] }, { optimizer: { id: 'adam', lr: 0.05 }, start: [-2.5, 2.5] }],
  edits,
});
const found = (step: number, ...edits: Edit[]) => changedAtRest(experiment(...edits), 0, { verdicts }, step);

describe('a change made at rest', () => {
  it('is one of hyperparameters or of the optimizer, as the last of its run', () => {
    const rate = edit(90, { set: { lr: 0.3 } });
    expect(found(95, rate)).toBe(rate);
    expect(found(400, rate)).toBe(rate); // the run has left its minimum since
    expect(found(95, edit(90, { optimizer: { id: 'adam', lr: 0.1 } }))).not.toBeNull();
    expect(found(95, rate, edit(93, { set: { lr: 0.1 } }))?.step).toBe(93);
  });

  it('is not one before or after the rest, nor one ahead, of another run or of the point', () => {
    expect(found(95, edit(82, { set: { lr: 0.3 } }))).toBeNull();
    expect(found(160, edit(155, { set: { lr: 0.3 } }))).toBeNull();
    expect(found(89, edit(90, { set: { lr: 0.3 } }))).toBeNull();
    expect(found(95, edit(90, { set: { lr: 0.3 } }, 1))).toBeNull();
    expect(found(95, edit(90, { set: { lr: 0.3 } }), edit(91, { params: [1, 1] }))).toBeNull();
  });

  it('names the rate only where nothing else was changed', () => {
    expect(againWords(edit(90, { set: { lr: 0.3 } }))).toBe('do.again.rate');
    expect(againWords(edit(90, { set: { lr: 0.3, momentum: 0.9 } }))).toBe('do.again');
    expect(againWords(edit(90, { optimizer: { id: 'adam', lr: 0.1 } }))).toBe('do.again');
  });

  it('is made at the start instead, and played; the other runs keep theirs', async () => {
    const open = vi.fn((_: Experiment) => Promise.resolve(true));
    const play = vi.fn();
    const theirs = edit(20, { set: { lr: 0.2 } }, 1);
    const edits = [theirs, edit(30, { set: { momentum: 0.5 } }), edit(90, { set: { lr: 0.3 } })];
    await startAgain({ experiment: experiment(...edits), head: 95, open, play } as unknown as Session, 0);
    const [[opened]] = open.mock.calls as [[Experiment]];
    expect(opened.runs.map((run) => run.optimizer)).toEqual([{ id: 'sgd', lr: 0.3, momentum: 0.5 }, { id: 'adam', lr: 0.05 }]);
    expect(opened.edits).toEqual([theirs]);
    expect(play).toHaveBeenCalledOnce();
  });
});
