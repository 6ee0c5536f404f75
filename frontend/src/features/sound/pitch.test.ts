import { describe, expect, it } from 'vitest';
import { pitchOf } from './pitch';

describe('the pitch of a loss', () => {
  it('begins at 440 Hz, whatever the loss', () => {
    expect([1e-9, 1, 2.5e12].map((loss) => pitchOf(loss, loss, null))).toEqual([440, 440, 440]);
  });

  it('rises an octave a decade and falls an octave in 8/3 decades', () => {
    expect(pitchOf(10, 1, null)).toBeCloseTo(880, 9);
    expect(pitchOf(10 ** (-8 / 3), 1, null)).toBeCloseTo(220, 9);
  });

  it('stays where a small loudspeaker can follow', () => {
    expect([pitchOf(1e300, 1, null), pitchOf(Infinity, 1, null), pitchOf(1e-300, 1, null)]).toEqual([3520, 3520, 55]);
  });

  it('is measured from the lowest value that is known, so that losses below 0 are heard too', () => {
    expect(pitchOf(-78, -68, -78.3)).toBeLessThan(440);
    expect(pitchOf(-58, -68, -78.3)).toBeGreaterThan(440);
    expect(pitchOf(-78.3, -68, -78.3)).toBe(55);
    expect(pitchOf(-5, 1, null)).toBe(55);
  });

  it('is silence where there is no number', () => {
    expect(pitchOf(Number.NaN, 1, null)).toBeNull();
    expect(pitchOf(1, Number.NaN, null)).toBe(440); // one unit of loss stands for the first
  });
});
