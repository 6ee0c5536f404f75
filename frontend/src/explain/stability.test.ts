import { describe, expect, it } from 'vitest';
import { limitOf, roundedDown } from './stability';

describe('limit of lr × curvature', () => {
  /** Spectral radius of one step of SGD on λ/2 x², from the recurrence that torch writes down. */
  function settles(product: number, momentum: number, dampening: number, nesterov: boolean): boolean {
    let [x, b] = [1, 0];
    for (let k = 0; k < 4000; k += 1) {
      b = momentum * b + (1 - dampening) * x;
      x -= product * (nesterov ? x + momentum * b : momentum === 0 ? x : b);
    }
    return Math.abs(x) < 1;
  }

  it.each([
    [0, 0, false],
    [0.5, 0, false],
    [0.9, 0, false],
    [0.9, 0.5, false],
    [0.9, 0, true],
    [0.3, 0, true],
  ])('is where the recurrence stops settling: momentum %d, dampening %d, Nesterov %s', (momentum, dampening, nesterov) => {
    const limit = limitOf({ id: 'sgd', lr: 1, momentum, dampening, nesterov });
    expect(limit).not.toBeNull();
    expect(settles((limit as number) * 0.99, momentum, dampening, nesterov)).toBe(true);
    expect(settles((limit as number) * 1.01, momentum, dampening, nesterov)).toBe(false);
  });

  it('is known of plain descent only', () => {
    expect(limitOf({ id: 'adam', lr: 1 })).toBeNull();
    expect(limitOf({ id: 'sgd', lr: 1, maximize: true })).toBeNull();
    expect(limitOf({ id: 'sgd', lr: 1, momentum: 1 })).toBeNull();
  });
});

it('rounds down to two figures, never up', () => {
  expect([0.0869, 0.18, 1234, 0.001999, 9.99].map(roundedDown)).toEqual([0.086, 0.18, 1200, 0.0019, 9.9]);
});
