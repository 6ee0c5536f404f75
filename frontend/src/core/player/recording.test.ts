import { beforeEach, describe, expect, it } from 'vitest';
import type { EventOf } from '../protocol/wire';
import { GrowingRecording, lastRecoverable } from './recording';
import { reals, records } from './recording.testing';

function chunk(...runs: ReturnType<typeof records>[]): EventOf<'chunk'> {
  return { op: 'chunk', revision: 1, first: 0, last: 0, stopped: false, runs };
}

let recording: GrowingRecording;

beforeEach(() => {
  recording = new GrowingRecording();
  recording.begin([null, null]);
});

function track(run = 0) {
  const found = recording.tracks[run];
  if (!found) throw new Error('no such track');
  return found;
}

describe('GrowingRecording', () => {
  it('is empty at first', () => {
    expect(recording.last).toBe(-1);
    expect(track().length).toBe(0);
    expect(track().divergedAt).toBeNull();
  });

  it('counts the evaluations of the gradient: one an update, or as many as the optimizer says', () => {
    const counting = (first: number, ...counts: number[]) => ({
      ...records(0, first, first + counts.length - 1), state: { func_evals: reals(counts, [counts.length]) },
    });
    recording.append(chunk(counting(0, NaN, 4, 9), records(1, 0, 2)));
    recording.append(chunk(counting(3, 11, NaN, NaN, 3), records(1, 3, 6))); // another optimizer for two updates, then anew
    expect([0, 1, 2, 3, 4, 5, 6, 99].map((step) => track().evaluationsUpTo(step))).toEqual([0, 4, 9, 11, 12, 13, 16, 16]);
    expect(track(1).evaluationsUpTo(5)).toBe(5);
    recording.forget(2);
    recording.append(chunk(records(0, 3, 4)));
    expect(track().evaluationsUpTo(4)).toBe(11);
    recording.fork(0);
    expect(track(2).evaluationsUpTo(4)).toBe(11);
  });

  it('keeps every array of every record in its place', () => {
    recording.append(chunk(records(0, 0, 9), records(1, 0, 9)));
    recording.append(chunk(records(0, 10, 999), records(1, 10, 999))); // beyond the first capacity
    const one = track(1);
    expect(recording.last).toBe(999);
    expect(one.length).toBe(1000);
    for (const k of [0, 9, 10, 255, 256, 999]) {
      expect(one.loss[k]).toBe(k);
      expect([...one.params.subarray(2 * k, 2 * k + 2)]).toEqual([1000 + k, 1000 + k + 0.5]);
      expect([...one.grad.subarray(2 * k, 2 * k + 2)]).toEqual([2000 + k, 2000 + k + 0.5]);
      expect(one.gradNorm[k]).toBe(3000 + k);
      expect([...one.update.subarray(2 * k, 2 * k + 2)]).toEqual([4000 + k, 4000 + k + 0.5]);
      expect([...one.eigenvalues.subarray(2 * k, 2 * k + 2)]).toEqual([5000 + k, 5000 + k + 0.5]);
      expect([...one.rateZones.subarray(2 * k, 2 * k + 2)]).toEqual([7000 + k, 7000 + k + 0.5]);
      expect(one.eigenvectors[4 * k + 3]).toBeCloseTo(k + 0.3, 3);
      expect(one.critical[k]).toBe(k % 5);
    }
  });

  it('takes as many bytes a number as the wire', () => {
    recording.append(chunk(records(0, 0, 9)));
    expect(track().params).toBeInstanceOf(Float32Array);
    recording.append(chunk(records(0, 10, 999)));
    recording.forget(500);
    recording.fork(0);
    expect(track(2).params).toBeInstanceOf(Float32Array);
    const double = records(1, 0, 9);
    recording.append(chunk({ ...double, loss: { dtype: '<f8', shape: [10], values: new Float64Array(10).fill(0.1) } }));
    expect(track(1).loss[9]).toBe(0.1);
  });

  it('knows where a run diverged, keeps NaN and infinity, and lets the other run go on', () => {
    recording.append(chunk(records(0, 0, 4, 4), records(1, 0, 9)));
    recording.append(chunk(records(1, 10, 20)));
    expect(track(0).divergedAt).toBe(4);
    expect(track(0).length).toBe(5);
    expect(track(0).loss[4]).toBe(Infinity);
    expect(track(0).gradNorm[4]).toBeNaN();
    expect(track(1).divergedAt).toBeNull();
    expect(recording.last).toBe(20);
  });

  it('takes only what it does not hold yet', () => {
    recording.append(chunk(records(0, 0, 9), records(1, 0, 9)));
    recording.append(chunk(records(0, 5, 12), records(1, 2, 3)));
    expect(track(0).length).toBe(13);
    expect(track(0).loss[12]).toBe(12);
    expect(track(0).eigenvalues[20]).toBe(5010);
    expect(track(1).length).toBe(10);
  });

  it('refuses records where some between are missing', () => {
    recording.append(chunk(records(0, 0, 9)));
    expect(() => recording.append(chunk(records(0, 11, 12)))).toThrow(/10 to 10 of run 0 are missing/);
    expect(() => recording.append(chunk(records(7, 0, 1)))).toThrow(/run 7/);
  });

  it('forgets what comes after a step, and writes over it', () => {
    recording.append(chunk(records(0, 0, 9, 9), records(1, 0, 9)));
    const epoch = recording.epoch;
    recording.forget(6);
    expect(recording.last).toBe(6);
    expect(recording.epoch).toBeGreaterThan(epoch);
    expect(track(0).divergedAt).toBeNull();
    recording.append(chunk(records(0, 7, 8)));
    expect(track(0).length).toBe(9);
    expect(track(0).divergedAt).toBeNull();
  });

  it('can have back what it forgot', () => {
    recording.append(chunk(records(0, 0, 9, 9), records(1, 0, 19)));
    const marks = recording.forget(3);
    const epoch = recording.epoch;
    recording.recall(marks);
    expect(recording.epoch).toBeGreaterThan(epoch);
    expect(track(0).divergedAt).toBe(9);
    expect(track(1).length).toBe(20);
    expect(track(1).loss[19]).toBe(19);
  });

  it('says that it changed, and begins anew', () => {
    const changes = recording.changes;
    recording.append(chunk(records(0, 0, 9)));
    expect(recording.changes).toBeGreaterThan(changes);
    recording.begin([null]);
    expect(recording.tracks.length).toBe(1);
    expect(recording.last).toBe(-1);
  });
});

describe('lastRecoverable', () => {
  const lossesAre = (...losses: number[]) => {
    const run = { ...records(0, 0, losses.length - 1, losses.length - 1), loss: reals(losses, [losses.length]) };
    recording.append(chunk(run));
    return track();
  };

  it('is the last record no higher than the start, once the run is over', () => {
    const ended = lossesAre(9, 4, 1, 9, 80, 3000, Infinity);
    expect(lastRecoverable(ended, 6)).toBe(3);
    expect(lastRecoverable(ended, 100)).toBe(3);
  });

  it('is the step on screen before that', () => {
    expect(lastRecoverable(lossesAre(9, 4, 1, 9, 80, 3000, Infinity), 5)).toBe(5);
  });

  it('is the start where the run only ever climbed', () => {
    expect(lastRecoverable(lossesAre(1, 10, 100, NaN), 3)).toBe(0);
    recording.begin([null]);
    expect(lastRecoverable(lossesAre(NaN), 0)).toBe(0);
  });

  it('is the step on screen of a run that goes on', () => {
    recording.append(chunk(records(0, 0, 5)));
    expect(lastRecoverable(track(), 5)).toBe(5);
  });
});
