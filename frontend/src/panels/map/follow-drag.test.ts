import { expect, it, vi } from 'vitest';
import { Following } from './follow-drag';

it('shows one at a time, and at last the latest', async () => {
  vi.useFakeTimers();
  const shown: number[] = [];
  let done: (() => void)[] = [];
  const following = new Following<number>((value) => new Promise<void>((resolve) => {
    shown.push(value);
    done.push(resolve);
  }), 50);
  const finish = async () => {
    done.forEach((each) => each());
    done = [];
    await vi.advanceTimersByTimeAsync(50);
  };
  [1, 2, 3].forEach((value) => following.want(value));
  expect(shown).toEqual([1]);
  await vi.advanceTimersByTimeAsync(500);
  expect(shown).toEqual([1]);
  await finish();
  expect(shown).toEqual([1, 3]);
  following.want(4);
  await finish();
  await finish();
  expect(shown).toEqual([1, 3, 4]);
  following.want(5);
  expect(shown).toEqual([1, 3, 4, 5]);
  vi.useRealTimers();
});
