import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TRY_AGAIN_LATER } from '../protocol/socket';
import { experimentOf, type FakeServer } from './fake-server.testing';
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

describe('a full server', () => {
  it('is waited for in its queue, and plays when it is our turn', async () => {
    server.full = true;
    live.connected();
    live.play();
    const opened = live.open(experimentOf());
    server.settle();
    expect([live.connection, live.place]).toEqual(['waiting', 3]);
    server.moveUp(1);
    expect(live.place).toBe(1);
    expect(live.fault).toBeNull();
    server.admit();
    expect(await opened).toBe(true);
    expect([live.connection, live.place]).toEqual(['live', 0]);
    stand.frames(30);
    stand.expectTrue();
  });

  it('opens what is chosen last while it waits', async () => {
    server.full = true;
    live.connected();
    const [first, second] = [live.open(experimentOf()), live.open(experimentOf(0.7))];
    server.settle();
    const third = live.open(experimentOf(0.9));
    server.settle();
    expect([await first, await second]).toEqual([false, false]);
    expect(live.fault).toBeNull();
    expect(live.connection).toBe('waiting');
    server.admit();
    expect(await third).toBe(true);
    expect(live.experiment).toEqual(experimentOf(0.9));
  });

  it('is no longer waited for when the connection is lost, and again when it is back', async () => {
    server.full = true;
    live.connected();
    const opened = live.open(experimentOf());
    server.settle();
    stand.disconnect();
    expect([live.connection, live.place]).toEqual(['lost', 0]);
    stand.reconnect();
    expect(live.connection).toBe('waiting');
    server.admit();
    expect(await opened).toBe(true);
  });

  it('that has no place in its queue either is full, not lost, and is tried again', async () => {
    live.connected();
    const opened = live.open(experimentOf());
    server.refusal = { code: 'busy', message: 'no place' };
    server.settle();
    expect(live.connection).toBe('full');
    vi.advanceTimersByTime(2000);
    server.settle();
    expect(await opened).toBe(true);
    expect(live.connection).toBe('live');
  });

  it('that takes no further connection is full, not lost, and without a fault', async () => {
    await stand.playing();
    server.error(0, { code: 'busy', message: 'too many connections' });
    live.lost(TRY_AGAIN_LATER);
    expect(live.connection).toBe('full');
    expect(live.fault).toBeNull();
    live.lost();
    expect(live.connection).toBe('lost');
    live.full();
    expect(live.connection).toBe('full');
  });
});

describe('a released experiment', () => {
  /** At rest, with the steps ahead that a page at rest has. */
  async function released(): Promise<number> {
    await stand.playing();
    stand.frames(30);
    live.pause();
    stand.frames(10);
    server.release();
    stand.frames(60);
    expect(server.of('open').length).toBe(1);
    expect([live.connection, live.fault]).toEqual(['live', null]);
    return live.player.recording.last;
  }

  function expectBack(last: number): void {
    expect(server.of('open').at(-1)).toMatchObject({ after: last });
    expect(server.of('open').length).toBe(2);
    expect([live.connection, live.fault]).toEqual(['live', null]);
    stand.expectTrue();
  }

  it('comes back when it is played', async () => {
    const last = await released();
    live.play();
    stand.frames(60);
    expectBack(last);
    expect(live.player.recording.last).toBeGreaterThan(last + 20);
  });

  it('comes back for an edit, which is made', async () => {
    const last = await released();
    live.seek(7);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(10);
    expectBack(last);
    expect(live.experiment?.edits).toEqual([{ step: 7, run: 0, set: { lr: 0.5 } }]);
  });

  it('comes back for a branch', async () => {
    const last = await released();
    live.seek(7);
    const forked = live.fork({ run: 0, set: {} });
    stand.frames(10);
    expect(await forked).toBe(1);
    expectBack(last);
  });

  it('comes back for a question, which is answered', async () => {
    const last = await released();
    const asked = live.queries.ask({ op: 'surface', bounds: [[0, 1]], shape: [3] });
    stand.frames(2);
    expect((await asked).op).toBe('surface');
    expectBack(last);
  });

  it('comes back for a step beyond the recording', async () => {
    const last = await released();
    live.stepBy(last - live.head + 2);
    stand.frames(10);
    expectBack(last);
    expect(live.head).toBe(last + 2);
  });

  it('shows what it holds without the server', async () => {
    await released();
    live.seek(2);
    stand.frames(10);
    live.seek(9);
    stand.frames(10);
    expect(server.of('open').length).toBe(1);
  });

  it('comes back as another one', async () => {
    await released();
    const opened = live.open(experimentOf(0.9));
    stand.frames(5);
    expect(await opened).toBe(true);
    expect(live.experiment).toEqual(experimentOf(0.9));
    stand.expectTrue();
  });

  it('does not come back by itself when the connection does', async () => {
    const last = await released();
    stand.disconnect();
    stand.reconnect();
    stand.frames(10);
    expect(server.of('open').length).toBe(1);
    live.play();
    stand.frames(60);
    expectBack(last);
  });

  it('waits in the queue with an edit, which is made in its turn', async () => {
    await released();
    server.full = true;
    live.seek(7);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(10);
    expect([live.connection, live.place]).toEqual(['waiting', 3]);
    server.admit();
    stand.frames(10);
    expect(live.experiment?.edits).toEqual([{ step: 7, run: 0, set: { lr: 0.5 } }]);
    stand.expectTrue();
  });

  it.each([true, false])('loses no edit that crosses with it (told before the refusal: %s)', async (before) => {
    await stand.playing();
    stand.frames(30);
    live.pause();
    stand.frames(10);
    const { last } = live.player.recording;
    server.release(before);
    live.seek(7);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(1, false);
    server.settle();
    if (!before) live.receive({ op: 'released' });
    stand.frames(10);
    expectBack(last);
    expect(live.experiment?.edits).toEqual([{ step: 7, run: 0, set: { lr: 0.5 } }]);
  });

  it('asks a question again that crosses with it', async () => {
    await stand.playing();
    stand.frames(30);
    live.pause();
    stand.frames(10);
    const { last } = live.player.recording;
    server.release(false);
    const asked = live.queries.ask({ op: 'surface', bounds: [[0, 1]], shape: [3] });
    server.settle();
    stand.frames(5);
    expect((await asked).op).toBe('surface');
    expectBack(last);
  });
});
