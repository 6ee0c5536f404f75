import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { CriticalPoints } from './critical-points';

describe('CriticalPoints', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const minimum: CriticalPoint = { kind: 'minimum', at: [0, 0], value: 0 };
  const saddle: CriticalPoint = { kind: 'saddle', at: [1, 0], value: 2 };
  const scene = { points: [minimum] } as unknown as Scene;

  it('shows the declared ones at once, and all when they are found', async () => {
    const shown: (readonly CriticalPoint[])[] = [];
    const points = new CriticalPoints({ points: () => Promise.resolve([minimum, saddle]) }, (now) => shown.push(now));
    points.problemChanged(scene, [[-1, 1], [-1, 1]]);
    expect(points.now).toEqual([minimum]);
    await vi.runAllTimersAsync();
    expect(shown).toEqual([[minimum], [minimum, saddle]]);
  });

  it('searches once a view that has come to rest', async () => {
    const ask = vi.fn((_: [number, number][]) => Promise.resolve([saddle]));
    const points = new CriticalPoints({ points: ask }, () => {});
    for (let n = 0; n < 5; n++) {
      points.viewChanged([[n, n + 1]]);
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(ask).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledExactlyOnceWith([[4, 5]]);
  });

  it('keeps what it shows where there is no answer', async () => {
    const points = new CriticalPoints({ points: () => Promise.reject(new Error('lost')) }, () => {});
    points.problemChanged(scene, [[-1, 1]]);
    await vi.runAllTimersAsync();
    expect(points.now).toEqual([minimum]);
  });
});
