import { describe, expect, it } from 'vitest';
import type { Recording, Track } from '../player/track';
import { Fingerprint } from './fingerprint';

/** A track whose record k has parameters (k + seed, -k / 3) and loss 1 / (k + 1), as float32 where `single`. */
function trackOf(length: number, seed = 0, single = true): Track {
  const real = (value: number) => (single ? Math.fround(value) : value);
  const params = new Float64Array(2 * length + 10);
  const loss = new Float64Array(length + 5).fill(99); // beyond the length: capacity, not records
  for (let k = 0; k < length; k += 1) {
    params[2 * k] = real(k + seed);
    params[2 * k + 1] = real(-k / 3);
    loss[k] = real(1 / (k + 1));
  }
  return { length, dim: 2, params, loss } as unknown as Track;
}

function recordingOf(tracks: Track[], epoch = 0): Recording {
  return { tracks, epoch, last: Math.max(...tracks.map((track) => track.length)) - 1 };
}

const THREE = recordingOf([trackOf(100), trackOf(60, 0.1), trackOf(100, 1e30)]);

describe('the fingerprint', () => {
  it('is that of the Python package', () => {
    // tests/engine/test_fingerprint.py makes the same numbers and holds the same signs.
    expect(new Fingerprint().of(THREE, 'float32', 80)).toBe('c324f728fa');
    const double = recordingOf([trackOf(100, 0.1, false)]);
    expect(new Fingerprint().of(double, 'float64', 99)).toBe('e03ef023fb');
  });

  it('knows one NaN, and the sign of a zero', () => {
    const values = [Number.NaN, Infinity, -Infinity, 0, -0, 5e-324];
    const track = { length: 2, dim: 2, params: Float64Array.from(values.slice(0, 4)), loss: Float64Array.from(values.slice(4)) };
    const of = (one: object, dtype: 'float32' | 'float64') => new Fingerprint().of(recordingOf([one as Track]), dtype, 9);
    expect(of(track, 'float64')).toBe('b709342bfd');
    expect(of(track, 'float32')).toBe('46c97e215f');
    const odd = new Float64Array(new BigUint64Array([0xfff8000000000001n]).buffer);
    expect(of({ ...track, params: Float64Array.from([odd[0] as number, ...values.slice(1, 4)]) }, 'float64')).toBe(of(track, 'float64'));
    expect(of({ ...track, loss: Float64Array.from([0, 5e-324]) }, 'float64')).not.toBe(of(track, 'float64'));
  });

  it('is the same however often and in whatever order it is asked for', () => {
    const growing = new Fingerprint();
    for (const step of [0, 1, 2, 50, 30, 59, 60, 61, 99, 200, 0]) {
      expect(growing.of(THREE, 'float32', step)).toBe(new Fingerprint().of(THREE, 'float32', step));
    }
  });

  it('is that of the records up to a step, of those alone, and of every run', () => {
    const of = (tracks: Track[], step: number) => new Fingerprint().of(recordingOf(tracks), 'float32', step);
    const whole = of([trackOf(100), trackOf(60, 1)], 50);
    expect(of([trackOf(51), trackOf(60, 1)], 50)).toBe(whole);
    expect(of([trackOf(100), trackOf(60, 1)], 51)).not.toBe(whole);
    expect(of([trackOf(60, 1), trackOf(100)], 50)).not.toBe(whole);
    expect(of([trackOf(100)], 50)).not.toBe(whole);
    const bent = trackOf(100);
    bent.loss[50] = Math.fround(bent.loss[50] as number) * (1 + 2 ** -23);
    expect(of([bent, trackOf(60, 1)], 50)).not.toBe(whole);
    expect(of([bent, trackOf(60, 1)], 49)).toBe(of([trackOf(100), trackOf(60, 1)], 49));
  });

  it('reads again what was forgotten', () => {
    const sign = new Fingerprint();
    sign.of(recordingOf([trackOf(100)], 1), 'float32', 99);
    expect(sign.of(recordingOf([trackOf(100, 7)], 2), 'float32', 99)).toBe(new Fingerprint().of(recordingOf([trackOf(100, 7)]), 'float32', 99));
  });

  it('is read in pieces', () => {
    const long = recordingOf([trackOf(10_000)]);
    const sign = new Fingerprint();
    sign.of(long, 'float32', 4095);
    sign.of(long, 'float32', 4096);
    expect(sign.of(long, 'float32', 9_999)).toBe('1c01ff7f7f');
  });
});
