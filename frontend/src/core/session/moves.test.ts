import { describe, expect, it, vi } from 'vitest';
import type { Recording } from '../player/track';
import type { Experiment, Inspected } from '../protocol/wire';
import { Moves } from './moves';

const experiment = (edits: unknown[], seed = 0): Experiment =>
  ({ problem: { kind: 'surface', id: 'ravine' }, seed, dtype: 'float32', runs: [{}, {}], edits }) as unknown as Experiment;
const recording = (length: number): Recording => ({ tracks: [{ length, divergedAt: null }, { length, divergedAt: null }] }) as unknown as Recording;
const answer = (params: number[], loss: number): Inspected =>
  ({ moved: { params, loss, grad: params.map((x) => 2 * x), grad_norm: 7 } }) as unknown as Inspected;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('the moves of runs by edits', () => {
  it('are known at once, and their loss when the server has said it', async () => {
    const inspect = vi.fn(() => Promise.resolve(answer([0.5, -0.25], 3)));
    const changed = vi.fn();
    const moves = new Moves(inspect, changed, () => 0);
    const edited = experiment([{ run: 1, step: 4, params: [0.5, -0.25] }, { run: 0, step: 2, set: { lr: 1 } }]);
    expect(moves.update(edited, recording(4))).toMatchObject([{ run: 1, step: 4, dim: 2, params: [0.5, -0.25], loss: [Number.NaN] }]);
    expect(inspect).not.toHaveBeenCalled(); // the step is not recorded yet
    moves.update(edited, recording(5));
    moves.update(edited, recording(6));
    expect(inspect.mock.calls).toEqual([[4, 1]]);
    await settled();
    expect(changed).toHaveBeenCalledTimes(1);
    const [move] = moves.update(edited, recording(6));
    expect(move).toMatchObject({ loss: [3], grad: [1, -0.5], gradNorm: 7 });
    expect(moves.update(edited, recording(9))).toBe(moves.now); // the same array while nothing has changed
  });

  it('are asked for again after another edit, and not twice', async () => {
    let loss = 1;
    const inspect = vi.fn((step: number, run: number) => Promise.resolve(answer(run === 0 && step === 3 ? [1, loss] : [9, 9], loss)));
    const moves = new Moves(inspect, () => {}, () => 0);
    const one = experiment([{ run: 0, step: 3, params: [1, 1] }]);
    moves.update(one, recording(9));
    await settled();
    moves.update(experiment([...(one.edits ?? []), { run: 1, step: 6, set: { lr: 2 } }]), recording(9));
    expect(inspect).toHaveBeenCalledTimes(1);
    loss = 2;
    const other = experiment([{ run: 0, step: 3, params: [1, 2] }]);
    moves.update(other, recording(9));
    await settled();
    expect(inspect).toHaveBeenCalledTimes(2);
    expect(moves.update(other, recording(9))[0]?.loss).toEqual([2]);
  });

  it('take no answer that is about another place', async () => {
    const moves = new Moves(() => Promise.resolve(answer([5, 5], 1)), () => {}, () => 0);
    const edited = experiment([{ run: 0, step: 3, params: [1, 1] }]);
    moves.update(edited, recording(9));
    await settled();
    expect(moves.update(edited, recording(9))[0]?.loss).toEqual([Number.NaN]);
  });

  it('of one step are the last one', () => {
    const moves = new Moves(() => new Promise(() => {}), () => {}, () => 0);
    const edits = [{ run: 0, step: 3, params: [1, 1] }, { run: 0, step: 3, params: [2, 2] }, { run: 1, step: 3, params: [3, 3] }];
    expect(moves.update(experiment(edits), recording(9)).map(({ params }) => params)).toEqual([[2, 2], [3, 3]]);
  });
});
