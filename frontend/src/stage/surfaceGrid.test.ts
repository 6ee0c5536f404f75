import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Grid } from '../session/types';
import { SurfaceGrid } from './surfaceGrid';

describe('SurfaceGrid', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const grid = (low: number): Grid => ({ bounds: [[low, low + 1]], nx: 1, ny: 1, z: new Float32Array(1) });

  it('drops the answer to a question that was overtaken', async () => {
    const answers: ((grid: Grid) => void)[] = [];
    const arrived: Grid[] = [];
    const surface = new SurfaceGrid(() => new Promise((resolve) => answers.push(resolve)), (got) => arrived.push(got));
    surface.ask([[0, 1]], [2]);
    surface.ask([[5, 6]], [2]);
    answers[1]?.(grid(5));
    answers[0]?.(grid(0));
    await vi.runAllTimersAsync();
    expect(arrived.map((one) => one.bounds[0]?.[0])).toEqual([5]);
  });

  it('asks once when the view has come to rest', async () => {
    const ask = vi.fn(() => Promise.resolve(grid(0)));
    const arrived = vi.fn();
    const surface = new SurfaceGrid(ask, arrived);
    for (let n = 0; n < 10; n++) {
      surface.askSoon([[n, n + 1]], [2]);
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(ask).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(ask).toHaveBeenCalledExactlyOnceWith([[9, 10]], [2]);
    expect(arrived).toHaveBeenCalledTimes(1);
  });

  it('says nothing after a refusal or when stopped', async () => {
    const arrived = vi.fn();
    const refused = new SurfaceGrid(() => Promise.reject(new Error('no')), arrived);
    refused.ask([[0, 1]], [2]);
    const stopped = new SurfaceGrid(() => Promise.resolve(grid(0)), arrived);
    stopped.ask([[0, 1]], [2]);
    stopped.stop();
    await vi.runAllTimersAsync();
    expect(arrived).not.toHaveBeenCalled();
  });
});
