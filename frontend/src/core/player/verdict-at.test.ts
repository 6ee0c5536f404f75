import { expect, it } from 'vitest';
import type { Verdict } from '../protocol/wire';
import { verdictAt } from './verdict-at';

const at = (step: number): Verdict => ({ code: 'descending', step, remedy: null });

it('is the last one that has begun', () => {
  const verdicts = [0, 3, 4, 10].map(at);
  const found = Array.from({ length: 13 }, (_, step) => verdictAt({ verdicts }, step)?.step);
  expect(found).toEqual([0, 0, 0, 3, 4, 4, 4, 4, 4, 4, 10, 10, 10]);
});

it('is none before the first', () => {
  expect(verdictAt({ verdicts: [] }, 5)).toBeNull();
  expect(verdictAt({ verdicts: [at(2)] }, 1)).toBeNull();
});
