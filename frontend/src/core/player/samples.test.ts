import { beforeEach, describe, expect, it } from 'vitest';
import type { NdArray, EventOf } from '../protocol/wire';
import { GrowingRecording } from './recording';
import { records } from './recording.testing';

type RunArrays = EventOf<'chunk'>['runs'][number];

function array(dtype: '<f4' | '<f8' | '<i4', values: number[], shape: number[]): NdArray {
  const of = { '<f4': Float32Array, '<f8': Float64Array, '<i4': Int32Array }[dtype];
  return { dtype, shape, values: of.from(values) };
}

/** Fits at two inputs; each number is the step, and a half more at the second input. */
function frames(steps: number[], weights = 0): RunArrays['frames'] {
  const all = new Float32Array(steps.length * weights);
  steps.forEach((step, f) => all.fill(step, f * weights, (f + 1) * weights));
  return {
    steps: array('<i4', steps, [steps.length]),
    fit: array('<f4', steps.flatMap((step) => [step, step + 0.5]), [steps.length, 2, 1]),
    weights: { dtype: '<f4', shape: [steps.length, weights], values: all },
  };
}

/** Of two classes and two layers; the numbers say the step. */
function measures(steps: number[]): RunArrays['measures'] {
  const each = (width: number, shape: number[], dtype: '<f4' | '<f8' = '<f4') =>
    array(dtype, steps.flatMap((step) => Array.from({ length: width }, (_, n) => step + n / 100)), [steps.length, ...shape]);
  return {
    steps: array('<i4', steps, [steps.length]),
    losses: each(3, [3], '<f8'), accuracy: each(3, [3], '<f8'), confusion: each(4, [2, 2]), layers: each(6, [2, 3]),
    histograms: each(24, [2, 12]), sharpness: each(1, [], '<f8'),
  };
}

function chunk(first: number, last: number, kept: number[], run = 0, weights = 0): EventOf<'chunk'> {
  const one = { ...records(run, first, last), frames: frames(kept, weights), measures: measures(kept) };
  return { op: 'chunk', revision: 1, first, last, stopped: false, runs: [one] };
}

let recording: GrowingRecording;
const track = (run = 0) => recording.tracks[run] as (typeof recording.tracks)[number];

beforeEach(() => {
  recording = new GrowingRecording();
  recording.begin([null]);
});

describe('what is kept of a model now and then', () => {
  it('is the latest at or before a step', () => {
    recording.append(chunk(0, 9, [0, 4, 8]));
    recording.append(chunk(10, 14, [12]));
    expect([0, 3, 4, 11, 12, 99].map((step) => track().fitAt(step)?.step)).toEqual([0, 0, 4, 8, 12, 12]);
    const fit = track().fitAt(5);
    expect([fit?.points, fit?.outputs, fit?.weights]).toEqual([2, 1, null]);
    expect(Array.from(fit?.values ?? [])).toEqual([4, 4.5]);
    expect(track().metricsUpTo(11).map((measure) => measure.step)).toEqual([0, 4, 8]);
    expect(track().metricsUpTo(11)).toBe(track().metricsUpTo(10));
    expect(track().metricsUpTo(4)[1]).toMatchObject({ losses: [4, 4.01, 4.02], classes: 2, layers: 2, sharpness: 4 });
    expect(Array.from(track().metricsUpTo(4)[1]?.norms ?? [])).toHaveLength(6);
  });

  it('is none before there is one', () => {
    expect(track().fitAt(3)).toBeNull();
    expect(track().metricsUpTo(3)).toEqual([]);
  });

  it('is cut with the records, comes back with them, and is written over', () => {
    recording.append(chunk(0, 9, [0, 4, 8]));
    const marks = recording.forget(5);
    expect(track().fitAt(9)?.step).toBe(4);
    expect(track().metricsUpTo(9)).toHaveLength(2);
    recording.recall(marks);
    expect(track().fitAt(9)?.step).toBe(8);
    recording.forget(5);
    recording.append(chunk(6, 9, [6]));
    expect(track().fitAt(9)?.step).toBe(6);
    expect(track().metricsUpTo(9).map((measure) => measure.step)).toEqual([0, 4, 6]);
  });

  it('goes with a branch up to where it leaves', () => {
    recording.append(chunk(0, 9, [0, 4, 8], 0, 3));
    recording.forget(4);
    recording.fork(0);
    expect(track(1).fitAt(9)).toEqual(track(0).fitAt(4));
    expect(Array.from(track(1).fitAt(4)?.weights ?? [])).toEqual([4, 4, 4]);
  });

  it('takes a bounded room: older fits lie further apart, the latest is there', () => {
    const weights = 10_000;
    const steps = Array.from({ length: 100 }, (_, n) => n);
    for (let k = 0; k < 1000; k += 100) recording.append(chunk(k, k + 99, steps.map((n) => n + k), 0, weights));
    expect(track().fitAt(999)?.step).toBe(999);
    expect(track().fitAt(0)?.step).toBe(0);
    const kept = new Set(Array.from({ length: 1000 }, (_, k) => track().fitAt(k)?.step));
    expect(kept.size * weights * 4).toBeLessThan(26e6);
    expect(kept.size).toBeGreaterThan(250);
  });

  it('keeps no message alive: the numbers are copies', () => {
    const message = chunk(0, 9, [0, 8]);
    recording.append(message);
    const { confusion, norms, histograms } = track().metricsUpTo(9)[1] as ReturnType<ReturnType<typeof track>['metricsUpTo']>[number];
    const held = [track().fitAt(9)?.values, confusion, norms, histograms];
    for (const values of held) expect(values?.buffer.byteLength).toBe(values?.byteLength);
    expect(Array.from(confusion)).toEqual(Array.from(Float32Array.of(8, 8.01, 8.02, 8.03)));
  });

  it('takes a bounded room: older metrics lie further apart, the first and the latest are there', () => {
    for (let k = 0; k < 60_000; k += 1000) recording.append(chunk(k, k + 999, Array.from({ length: 1000 }, (_, n) => n + k)));
    const steps = track().metricsUpTo(59_999).map(({ step }) => step);
    expect(steps.length).toBeLessThan(24_000);
    expect(steps.length).toBeGreaterThan(10_000);
    expect([steps[0], steps.at(-1)]).toEqual([0, 59_999]);
  });
});
