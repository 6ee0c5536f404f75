import { describe, expect, it } from 'vitest';
import type { Experiment, OptimizerSpec } from '../../core/protocol/wire';
import { limitAt, limitOf, limitsOf } from './stability-limit';

const experiment = (edits: NonNullable<Experiment['edits']>): Experiment => ({
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: {} },
  runs: [{ optimizer: { id: 'sgd', lr: 0.1 }, start: [1, 1] }, { optimizer: { id: 'adam', lr: 0.1 }, start: [1, 1] }],
  edits,
});

describe('the limit of the curvature', () => {
  /** Whether torch's SGD comes to rest on λ/2 x², from the recurrence that torch writes down. */
  function settles(curvature: number, optimizer: OptimizerSpec): boolean {
    const { lr, momentum = 0, dampening = 0, nesterov = false, weight_decay: decay = 0 } = optimizer as unknown as Record<string, number>;
    let [x, b] = [1, 0];
    for (let k = 0; k < 4000; k += 1) {
      const gradient = (curvature + (decay as number)) * x;
      b = (momentum as number) * b + (1 - (momentum === 0 ? 0 : (dampening as number))) * gradient;
      x -= (lr as number) * (nesterov ? gradient + (momentum as number) * b : b);
    }
    return Math.abs(x) < 1;
  }

  it.each([
    [{ id: 'sgd', lr: 0.1 }, 'limit.plain', 20],
    [{ id: 'sgd', lr: 0.1, dampening: 0.5 }, 'limit.plain', 20],
    [{ id: 'sgd', lr: 0.1, momentum: 0.9 }, 'limit.heavy', 38],
    [{ id: 'sgd', lr: 0.1, momentum: 0.9, dampening: 0.5 }, 'limit.other', 76],
    [{ id: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true }, 'limit.nesterov', 38 / 2.8],
    [{ id: 'sgd', lr: 0.1, weight_decay: 3 }, 'limit.other', 17],
    [{ id: 'sgd', lr: 0.1, momentum: 0.5, weight_decay: 3 }, 'limit.other', 27],
  ])('is where %j stops settling', (optimizer, title, expected) => {
    const { limit, title: shown } = limitOf(optimizer as OptimizerSpec);
    expect([shown, limit]).toEqual([title, expect.closeTo(expected, 9)]);
    expect(settles(limit * 0.99, optimizer as OptimizerSpec)).toBe(true);
    expect(settles(limit * 1.01, optimizer as OptimizerSpec)).toBe(false);
  });

  it('is NaN where none follows from the hyperparameters', () => {
    for (const optimizer of [
      { id: 'adam', lr: 1 },
      { id: 'lbfgs' },
      { id: 'sgd', lr: 1, maximize: true },
      { id: 'sgd', lr: 1, momentum: 1 },
      { id: 'sgd', lr: 0 },
      { id: 'sgd', lr: 1, momentum: 0.5, dampening: 1 },
    ]) {
      expect(limitOf(optimizer as OptimizerSpec)).toEqual({ limit: Number.NaN, title: 'limit.none' });
    }
  });
});

describe('limitsOf', () => {
  it('is a staircase over the edits of that run', () => {
    const edited = experiment([
      { step: 10, run: 0, set: { lr: 0.5 } },
      { step: 20, run: 1, set: { lr: 4 } },
      { step: 30, run: 0, set: { momentum: 0.5 } },
      { step: 40, run: 0, set: { nesterov: false } },
    ]);
    expect(limitsOf(edited, 0)).toEqual([
      { step: 0, limit: 20, title: 'limit.plain' },
      { step: 10, limit: 4, title: 'limit.plain' },
      { step: 30, limit: 6, title: 'limit.heavy' },
    ]);
    expect(limitsOf(edited, 1)).toEqual([{ step: 0, limit: Number.NaN, title: 'limit.none' }]);
  });

  it('replaces the first limit at an edit at step 0', () => {
    expect(limitsOf(experiment([{ step: 0, run: 0, set: { lr: 1 } }]), 0)).toEqual([{ step: 0, limit: 2, title: 'limit.plain' }]);
  });

  it('ends where the optimizer is replaced', () => {
    const edited = limitsOf(experiment([{ step: 5, run: 0, optimizer: { id: 'adam', lr: 0.1 } }]), 0);
    expect(limitAt(edited, 4)?.limit).toBe(20);
    expect(limitAt(edited, 5)).toEqual({ step: 5, limit: Number.NaN, title: 'limit.none' });
    expect(limitAt([], 5)).toBeNull();
  });
});
