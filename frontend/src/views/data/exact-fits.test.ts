import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Fit, Track } from '../../core/player/track';
import type { DrawState, Session } from '../../core/session/types';
import { ExactFits } from './exact-fits';

const fit = (step: number): Fit => ({ step, points: 1, outputs: 1, values: new Float32Array([step]), weights: null });

/** A run of 101 records whose fits were kept every ten steps. */
const track = { length: 101, fitAt: (step: number) => fit(Math.floor(step / 10) * 10) } as unknown as Track;

function frame(head: number, epoch = 1): DrawState {
  return { head, recording: { tracks: [track], last: 100, epoch } } as unknown as DrawState;
}

let asked: [step: number, run: number][];
let session: Session & { playing: boolean };
let arrived: number;
let fits: ExactFits;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, arrived] = [[], 0];
  session = {
    playing: false,
    fit: (step: number, run: number) => {
      asked.push([step, run]);
      return Promise.resolve(fit(step));
    },
  } as unknown as typeof session;
  fits = new ExactFits(session, () => (arrived += 1));
});

afterEach(() => vi.useRealTimers());

describe('ExactFits', () => {
  it('asks for the step on screen once it has rested', async () => {
    for (const head of [31, 32, 33]) fits.want(frame(head), [0]);
    expect(fits.of(frame(33), 0)?.step).toBe(30);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual([[33, 0]]);
    expect(arrived).toBe(1);
    expect(fits.of(frame(33), 0)?.step).toBe(33);
    fits.want(frame(33), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(1);
  });

  it('asks for nothing that was kept, and for nothing while it plays', async () => {
    fits.want(frame(40), [0]);
    session.playing = true;
    fits.want(frame(41), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual([]);
  });

  it('asks where playing was stopped, though no frame comes then', async () => {
    session.playing = true;
    fits.want(frame(41), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual([]);
    session.playing = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual([[41, 0]]);
  });

  it('does not draw what was asked of a recording that was cut since', async () => {
    fits.want(frame(33), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(fits.of(frame(33, 2), 0)?.step).toBe(30);
    fits.want(frame(33, 2), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(2);
  });

  it('is the end of a run that stopped before the step on screen', () => {
    expect(fits.of(frame(400), 0)?.step).toBe(100);
    expect(fits.of(frame(400), 1)).toBeNull();
  });

  it('asks again where an answer failed', async () => {
    session.fit = () => Promise.reject(new Error('lost'));
    fits.want(frame(33), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(fits.of(frame(33), 0)?.step).toBe(30);
    session.fit = (step) => Promise.resolve(fit(step));
    fits.want(frame(33), [0]);
    await vi.advanceTimersByTimeAsync(500);
    expect(fits.of(frame(33), 0)?.step).toBe(33);
  });
});
