import { describe, expect, it } from 'vitest';
import type { ModelMetrics, Track } from '../../core/player/track';
import { RUNS, fakeSession } from '../../core/session/made-up-session.testing';
import { SERIES, valueNow } from './series';

describe('the value at a step', () => {
  it('is that of the place to which an edit has moved the run', () => {
    const { frame } = fakeSession('ravine', 9, RUNS.slice(0, 1));
    const move = { run: 0, step: 5, dim: 2, params: [3, -2], loss: [7] as const, grad: [1, 2], gradNorm: 8 };
    const at = (id: string, k: number, line = 0): number =>
      valueNow({ ...frame, moves: [move] }, SERIES.find((one) => one.id === id) as (typeof SERIES)[number], 0, k, line);
    expect([at('loss', 5), at('gradNorm', 5), at('params', 5, 1), at('grads', 5, 1)]).toEqual([7, 8, -2, 2]);
    expect(at('loss', 6)).toBe(frame.recording.tracks[0]?.loss[6]);
    expect(at('curvature', 5)).toBeGreaterThan(0);
  });
});

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
    const track = { dim: 2, eigen: 2, eigenvalues: Float64Array.of(Number.NaN, Number.NaN, -5, 2, -3, -1) } as unknown as Track;
    const curvature = SERIES.find((one) => one.id === 'curvature');
    expect([0, 1, 2].map((k) => curvature?.value(track, k, 0))).toEqual([Number.NaN, 2, -1]);
  });
});

describe('the charts of a model', () => {
  const measure = (step: number, dev: number, sharpness = Number.NaN): ModelMetrics => ({
    step, sharpness, losses: [0.5 - step / 100, dev, Number.NaN], accuracy: [0.5, 0.25, Number.NaN], classes: 2,
    confusion: new Float32Array(4), layers: 0, norms: new Float32Array(0), histograms: new Float32Array(0),
  });
  const all = [measure(0, 0.6, 3), measure(10, 0.7), measure(20, 0.8, 4)];
  const track = {
    length: 26, dim: 0, eigen: 0, loss: Float64Array.from({ length: 26 }, (_, k) => 0.5 - k / 100), metricsUpTo: () => all,
  } as unknown as Track;
  const series = (id: string) => SERIES.find((one) => one.id === id)!;

  it('are of the parts that there are, as they were measured last', () => {
    const loss = series('loss');
    expect(loss.lines(track)).toBe(3);
    expect([0, 1, 2].map((line) => loss.part?.(track, line))).toEqual([null, 0, 1]);
    expect([0, 9, 10, 19, 20, 25].map((k) => loss.value(track, k, 2))).toEqual([0.6, 0.6, 0.7, 0.7, 0.8, 0.8]);
    expect(loss.value(track, 25, 0)).toBe(0.25);
    expect([series('accuracy').lines(track), series('accuracy').value(track, 12, 1)]).toEqual([2, 0.25]);
  });

  it('draw no training loss over the same loss', () => {
    const alone = [{ ...measure(0, Number.NaN) }];
    expect(series('loss').lines({ ...track, metricsUpTo: () => alone })).toBe(1);
    const penalised = { ...track, loss: track.loss.map((loss) => loss + 0.1), metricsUpTo: () => [{ ...measure(0, Number.NaN) }] };
    expect(series('loss').lines(penalised)).toBe(2);
  });

  it('hold the sharpness from one measurement to the next', () => {
    expect([0, 15, 19, 20].map((k) => series('curvature').value(track, k, 0))).toEqual([3, 3, 3, 4]);
    expect(series('curvature').lines(track)).toBe(1);
    expect(series('curvature').lines({ ...track, metricsUpTo: () => [measure(0, 1)] })).toBe(0);
  });
});
