import { describe, expect, it } from 'vitest';
import { FRAMES_PER_SECOND, filmSteps } from './film-steps';

describe('filmSteps', () => {
  it.each([0, 1, 30, 100, 5000])('begins at 0, ends at step %s and rests there', (until) => {
    const steps = filmSteps(until);
    expect([steps[0], steps.at(-1)]).toEqual([0, until]);
    expect(steps.slice(-FRAMES_PER_SECOND).every((step) => step === until)).toBe(true);
    expect(steps.slice(1).every((step, n) => step >= (steps[n] as number))).toBe(true);
  });

  it('shows every step of a short run, and of a long one no more than eleven seconds', () => {
    expect(new Set(filmSteps(80)).size).toBe(81);
    expect(filmSteps(100_000).length).toBe(11 * FRAMES_PER_SECOND);
  });
});
