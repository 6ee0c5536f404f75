import { describe, expect, it } from 'vitest';
import type { Track } from '../../core/player/track';
import { fakeSession } from '../../core/session/made-up-session.testing';
import { decadesFor, spanAt } from './rate-range';
import { curvatureAt, rateZones } from './rate-zones';

/** The distance after some steps along a direction of the curvature, from 1 at rest: torch's SGD, step by step. */
function walk(lr: number, curvature: number, { momentum = 0, dampening = 0, nesterov = false, decay = 0 }, steps: number): number[] {
  let [x, v] = [1, 0];
  return Array.from({ length: steps }, (_, k) => {
    const gradient = (curvature + decay) * x;
    v = k === 0 || momentum === 0 ? gradient : momentum * v + (1 - dampening) * gradient;
    x -= lr * (nesterov ? gradient + momentum * v : v);
    return x;
  });
}

const CASES = [
  {}, { momentum: 0.5 }, { momentum: 0.9 }, { momentum: 0.9, nesterov: true }, { momentum: 0.5, dampening: 0.5 }, { decay: 3 }, { momentum: 0.3, decay: 1 },
];

describe('the zones of a rate', () => {
  it.each(CASES)('are where steps begin to swing, and to diverge: %o', (more) => {
    const { momentum = 0, dampening = 0, nesterov = false, decay: weight_decay = 0 } = { momentum: 0, dampening: 0, nesterov: false, decay: 0, ...more };
    const zones = rateZones({ id: 'sgd', lr: 123, momentum, dampening, nesterov, weight_decay }, 7);
    if (!zones) throw new Error('no zones');
    const size = (lr: number) => Math.abs(walk(lr, 7, more, 4000).at(-1) ?? 0);
    expect(size(zones.limit * 0.99)).toBeLessThan(1e-3);
    expect(size(zones.limit * 1.01)).toBeGreaterThan(1e3);
    // Steps that do not swing come down on one side.
    const crosses = (lr: number) => walk(lr, 7, more, 4000).some((x) => x < -1e-12);
    expect(crosses(zones.swing * 0.98)).toBe(false);
    expect(crosses(zones.swing * 1.05)).toBe(true);
  });

  it('are 1/λ and 2/λ for plain descent, whatever the rate is now', () => {
    expect(rateZones({ id: 'sgd', lr: 5 }, 10)).toEqual({ swing: 0.1, limit: 0.2 });
  });

  it('are not drawn where there is no limit, or none is known', () => {
    expect(rateZones({ id: 'sgd', lr: 5 }, -1)).toBeNull();
    expect(rateZones({ id: 'sgd', lr: 5 }, Number.NaN)).toBeNull();
    expect(rateZones({ id: 'sgd', lr: 5, momentum: 1 }, 1)).toBeNull();
    expect(rateZones({ id: 'sgd', lr: 5, maximize: true }, 1)).toBeNull();
    expect(rateZones({ id: 'adam', lr: 5 }, 1)).toBeNull();
  });

  it('follow the curvature at the step on screen, or the sharpness measured last', () => {
    const session = fakeSession('ravine', 40);
    expect(curvatureAt(session.frame, 0)).toBe(10);
    const measured = [{ step: 0, sharpness: 3 }, { step: 10, sharpness: 4 }, { step: 20, sharpness: Number.NaN }];
    const model = { length: 30, eigen: 0, metricsUpTo: (step: number) => measured.filter((one) => one.step <= step) } as unknown as Track;
    const at = (head: number) => curvatureAt({ recording: { tracks: [model], last: 29, epoch: 0 }, head }, 0);
    expect([at(5), at(15), at(25)]).toEqual([3, 4, 4]);
  });
});

describe('the span of a rate', () => {
  it('is two decades around the known rate, and moves by decades to hold another', () => {
    expect(spanAt(0.15, 0)).toMatchObject({ low: 0.015, high: 1.5, scale: 'log' });
    expect([0.015, 0.15, 1.5, 0].map((value) => decadesFor(0.15, value, 0))).toEqual([0, 0, 0, 0]);
    expect([1.51, 16, 0.0149, 1e-9].map((value) => decadesFor(0.15, value, 0))).toEqual([1, 2, -1, -8]);
    expect(decadesFor(0.15, 0.5, 1)).toBe(1);
    expect(spanAt(0.15, 1)).toMatchObject({ low: 0.15, high: 15 });
  });
});
