import { describe, expect, it } from 'vitest';
import type { Track } from '../../core/player/track';
import { decadesFor, spanAt } from './rate-range';
import { zonesAt } from './rate-zones';

describe('the zones of a rate', () => {
  const track = { length: 4, rateZones: Float64Array.of(Number.NaN, Number.NaN, 0.1, 0.2, 0.3, 0.6, 1, Infinity, 9, 9) } as unknown as Track;
  const at = (head: number, run = 0) => zonesAt({ recording: { tracks: [track], last: 3, epoch: 0 }, head }, run);

  it('are those of the step that leads on, at the last record of the one that led there', () => {
    expect(at(0)).toEqual({ swing: 0.1, limit: 0.2 });
    expect(at(1)).toEqual({ swing: 0.3, limit: 0.6 });
    expect(zonesAt({ recording: { tracks: [{ ...track, length: 2 }], last: 1, epoch: 0 }, head: 1 }, 0)).toEqual({ swing: 0.1, limit: 0.2 });
  });

  it('are not drawn where there is no limit, or no record', () => {
    expect(at(2)).toBeNull();
    expect(at(0, 1)).toBeNull();
    expect(zonesAt({ recording: { tracks: [{ ...track, length: 1 }], last: 0, epoch: 0 }, head: 0 }, 0)).toBeNull();
    expect(zonesAt({ recording: { tracks: [{ ...track, length: 0 }], last: -1, epoch: 0 }, head: 0 }, 0)).toBeNull();
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
