import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Grid } from '../session/types';
import { LatestQuery } from './latest-query';

describe('Latest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const grid = (low: number): Grid => ({ bounds: [[low, low + 1]], nx: 1, ny: 1, z: new Float32Array(1) });

  it('drops the answer to a question that was overtaken', async () => {
    const answers: ((grid: Grid) => void)[] = [];
    const arrived: Grid[] = [];
    const surface = new LatestQuery((_: [number, number][], __: number[]) => new Promise<Grid>((resolve) => answers.push(resolve)), (got) => arrived.push(got), 150);
    surface.ask([[0, 1]], [2]);
    surface.ask([[5, 6]], [2]);
    answers[1]?.(grid(5));
    answers[0]?.(grid(0));
    await vi.runAllTimersAsync();
    expect(arrived.map((one) => one.bounds[0]?.[0])).toEqual([5]);
  });

  it('asks once when the view has come to rest', async () => {
    const ask = vi.fn((_: [number, number][], __: number[]) => Promise.resolve(grid(0)));
    const arrived = vi.fn();
    const surface = new LatestQuery(ask, arrived, 150);
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
    const refused = new LatestQuery(() => Promise.reject(new Error('no')), arrived, 150);
    refused.ask();
    const stopped = new LatestQuery(() => Promise.resolve(grid(0)), arrived, 150);
    stopped.ask();
    stopped.stop();
    await vi.runAllTimersAsync();
    expect(arrived).not.toHaveBeenCalled();
  });
});
