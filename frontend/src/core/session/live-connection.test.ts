import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experimentOf, type FakeServer } from './fake-server.testing';
import { ConnectionLost, Refused } from './faults';
import type { LiveExperiment } from './live-experiment';
import { TestBed } from './test-bed.testing';

let stand: TestBed;
let live: LiveExperiment;
let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  stand = new TestBed();
  ({ live, server } = stand);
});

afterEach(() => vi.useRealTimers());

describe('a lost connection', () => {
  it('plays on what is held, and goes on at the same step when it is back', async () => {
    await stand.playing();
    live.setSpeed(Infinity);
    stand.frames(10);
    live.setSpeed(30);
    live.seek(20);
    const { last } = live.player.recording;
    const shown = stand.losses();
    stand.disconnect();
    expect(live.connection).toBe('lost');
    stand.frames(30, false);
    expect(live.head).toBeGreaterThan(30);
    expect(live.player.playhead.playing).toBe(true);
    live.seek(last);
    stand.frames(60, false);
    expect(live.head).toBe(last);
    stand.reconnect();
    expect(server.of('open').at(-1)).toMatchObject({ after: last });
    expect(live.head).toBe(last);
    stand.frames(60);
    expect(live.head).toBeGreaterThan(last + 20);
    expect(stand.losses().slice(0, last + 1)).toEqual(shown);
    stand.expectTrue();
  });

  it('sends an edit again that was on its way', async () => {
    await stand.playing();
    stand.frames(60);
    live.seek(12);
    live.edit({ run: 0, set: { lr: 0.5 } });
    live.edit({ run: 0, set: { lr: 0.6 } });
    stand.disconnect();
    expect(live.player.recording.last).toBeGreaterThan(12);
    stand.expectTrue();
    stand.reconnect();
    stand.frames(60);
    expect(live.experiment?.edits?.every((edit) => edit.step === 12)).toBe(true);
    expect(live.experiment?.edits?.at(-1)?.set).toEqual({ lr: 0.6 });
    stand.expectTrue();
  });

  it('sends the only edit again that was on its way', async () => {
    await stand.playing();
    stand.frames(30);
    live.seek(12);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.disconnect();
    stand.reconnect();
    stand.frames(10);
    expect(live.experiment?.edits).toEqual([{ step: 12, run: 0, set: { lr: 0.5 } }]);
    stand.expectTrue();
  });

  it('needs no frames once all that is held has been played', async () => {
    await stand.playing();
    stand.frames(30);
    stand.disconnect();
    expect(live.tick(0)).toBe(true);
    stand.frames(120, false);
    expect(live.tick(0)).toBe(false);
  });

  it('makes an edit when it is back that was made meanwhile', async () => {
    await stand.playing();
    stand.frames(30);
    stand.disconnect();
    live.seek(7);
    live.pause();
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(10, false);
    stand.reconnect();
    stand.frames(10);
    expect(live.experiment?.edits).toEqual([{ step: 7, run: 0, set: { lr: 0.5 } }]);
    expect(live.head).toBe(7);
    stand.expectTrue();
  });

  it('opens when it is back what was to be opened', async () => {
    await stand.playing();
    const opened = live.open(experimentOf(0.9));
    stand.disconnect();
    stand.reconnect();
    expect(await opened).toBe(true);
    expect(live.experiment).toEqual(experimentOf(0.9));
    stand.frames(10);
    stand.expectTrue();
  });

  it('says what is wrong when the server does not take the experiment back, and waits for the user', async () => {
    await stand.playing();
    stand.frames(30);
    stand.disconnect();
    server.refusal = { field: 'problem.id', message: 'no such surface' };
    stand.reconnect();
    expect(live.fault?.field).toBe('problem.id');
    expect(live.player.playhead.playing).toBe(false);
    const received = server.received.length;
    stand.frames(60);
    expect(server.received.length).toBe(received);
    const opened = live.open(experimentOf());
    server.settle();
    expect(await opened).toBe(true);
  });

  it('comes again as the same experiment when there is no room at first', async () => {
    await stand.playing();
    stand.frames(30);
    const { last } = live.player.recording;
    stand.disconnect();
    server.refusal = { code: 'busy' };
    stand.reconnect();
    expect(live.connection).toBe('full');
    vi.advanceTimersByTime(2000);
    server.settle();
    expect(server.of('open').at(-1)).toMatchObject({ after: last });
    stand.frames(30);
    expect(live.player.recording.last).toBeGreaterThan(last);
    stand.expectTrue();
  });

  it('opens again when the server has forgotten the experiment', async () => {
    await stand.playing();
    server.forget();
    stand.frames(120);
    expect(live.fault).toBeNull();
    expect(server.of('open').length).toBe(2);
    expect(live.head).toBeGreaterThan(30);
    stand.expectTrue();
  });

  it('shows what there is when records are missing between', async () => {
    await stand.playing();
    stand.frames(5);
    live.receive(server.chunk(500, 510));
    expect(live.fault?.code).toBe('internal');
    stand.expectTrue();
  });
});

describe('questions', () => {
  const ask = () => live.queries.ask({ op: 'surface', bounds: [[0, 1]], shape: [3] });

  it('are answered by number', async () => {
    await stand.playing();
    const [one, two] = [ask(), ask()];
    server.answer();
    expect((await one).id).not.toBe((await two).id);
  });

  it('wait for the experiment to be open', async () => {
    const early = ask();
    await stand.playing();
    server.answer();
    expect((await early).z.values).toEqual(new Float64Array([1, NaN, Infinity]));
  });

  it('are refused with what the server says, which is no fault of the page', async () => {
    await stand.playing();
    const inspected = live.queries.ask({ op: 'inspect', step: 9, run: 0 });
    server.answer();
    await expect(inspected).rejects.toThrow(Refused);
    await expect(inspected).rejects.toThrow('not reached');
    expect(live.fault).toBeNull();
  });

  it('are asked once more after a loss', async () => {
    await stand.playing();
    const answered = ask();
    stand.disconnect();
    stand.reconnect();
    server.answer();
    expect((await answered).op).toBe('surface');
  });

  it('are given up after a second loss, without an unhandled rejection', async () => {
    await stand.playing();
    const lost = ask();
    live.queries.lost();
    live.queries.resend();
    live.queries.lost();
    await expect(lost).rejects.toThrow(ConnectionLost);
  });
});
