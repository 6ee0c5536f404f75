import { describe, expect, it } from 'vitest';
import { fakeSession } from '../bench/recording';
import type { Track } from '../session/types';
import { SERIES } from './series';

describe('SERIES', () => {
  it('reads the record asked for', () => {
    const track = fakeSession('ravine', 10).frame.recording.tracks[0] as Track;
    const read = (id: string, line = 0): number => SERIES.find((one) => one.id === id)?.value(track, 0, line) as number;
    expect(read('loss')).toBeCloseTo(0.5 * (2.5 ** 2 + 10 * 2.5 ** 2));
    expect([read('params', 0), read('params', 1)]).toEqual([-2.5, 2.5]);
    expect([read('grads', 0), read('grads', 1)]).toEqual([-2.5, 25]);
    expect(read('curvature')).toBe(10);
  });

  it('takes the greatest curvature, not the largest in size: the limit is one of overshooting', () => {
    const track = { dim: 2, eigenvalues: Float64Array.of(Number.NaN, Number.NaN, -5, 2, -3, -1) } as unknown as Track;
    const curvature = SERIES.find((one) => one.id === 'curvature');
    expect([0, 1, 2].map((k) => curvature?.value(track, k, 0))).toEqual([Number.NaN, 2, -1]);
  });
});
