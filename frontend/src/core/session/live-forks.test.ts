import { beforeEach, describe, expect, it } from 'vitest';
import { experimentOf, type FakeServer } from './fake-server.testing';
import type { LiveExperiment } from './live-experiment';
import { TestBed } from './test-bed.testing';

let stand: TestBed;
let live: LiveExperiment;
let server: FakeServer;

beforeEach(() => {
  stand = new TestBed();
  ({ live, server } = stand);
});

/** Two runs that were played to step 30, at rest at step 12. */
async function rested(): Promise<void> {
  await stand.playing(experimentOf(0.1, 2));
  stand.frames(60);
  live.seek(12);
  live.pause();
  stand.frames(5);
}

describe('a fork', () => {
  it('is a run of its own with the past of the one it left, which is not sent again', async () => {
    await rested();
    const made = live.fork({ run: 1, set: { lr: 0.5 } });
    server.answer();
    expect(await made).toBe(2);
    expect(server.of('fork').map(({ edit }) => edit)).toEqual([{ run: 1, step: 12, set: { lr: 0.5 } }]);
    expect(stand.losses(2)).toEqual(stand.losses(1));
    expect(stand.losses(2).length).toBe(13);
    expect(live.experiment?.runs[2]?.fork).toEqual({ run: 1, step: 12 });
    stand.frames(10);
    live.play();
    stand.frames(30);
    expect(stand.losses(2)[13]).toBeCloseTo(13.5);
    expect(stand.losses(1)[13]).toBeCloseTo(13.1);
    stand.expectTrue();
  });

  it('rests at its step, so that the first change is made there', async () => {
    await stand.playing();
    stand.frames(60);
    const at = live.head;
    const made = live.fork({ run: 0, set: {} });
    expect(live.player.playing).toBe(false);
    server.settle();
    const run = await made;
    stand.frames(10);
    expect(live.head).toBe(at);
    live.edit({ run: run ?? 0, set: { lr: 0.5 } });
    stand.frames(10);
    expect(live.experiment?.edits).toEqual([{ step: at, run: 1, set: { lr: 0.5 } }]);
    stand.expectTrue();
  });

  it('of a run that is over leaves it where a change still matters', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    expect(live.head).toBe(server.divergence);
    void live.fork({ run: 0, set: { lr: 0.5 } });
    expect(server.of('fork').at(-1)?.edit.step).toBe(0);
  });

  it('takes along what was changed before it and nothing that is changed after it', async () => {
    await rested();
    live.edit({ run: 0, set: { lr: 0.2 } });
    live.edit({ run: 0, set: { lr: 0.3 } });
    void live.fork({ run: 0, set: {} });
    live.edit({ run: 0, set: { lr: 0.4 } });
    stand.frames(60);
    expect(live.experiment?.runs.length).toBe(3);
    expect(live.experiment?.edits?.filter((edit) => edit.run === 2).at(-1)?.set).toEqual({ lr: 0.3 });
    expect(live.experiment?.edits?.filter((edit) => edit.run === 0).at(-1)?.set).toEqual({ lr: 0.4 });
    stand.expectTrue();
  });

  it('that is refused leaves everything as it was, and is said', async () => {
    await stand.playing(experimentOf(0.1, 8));
    stand.frames(60);
    live.seek(12);
    const before = stand.losses();
    const made = live.fork({ run: 0, set: {} });
    server.answer();
    expect(await made).toBeNull();
    expect(live.fault).toMatchObject({ code: 'limit', field: 'runs' });
    expect(live.experiment?.runs.length).toBe(8);
    expect(stand.losses().slice(0, before.length)).toEqual(before);
    stand.frames(10);
    stand.expectTrue();
  });

  it('on a lost connection is made on the next one, once', async () => {
    await rested();
    const made = live.fork({ run: 0, set: { lr: 0.5 } });
    expect(live.player.recording.last).toBe(12);
    stand.disconnect();
    expect(live.player.recording.last).toBeGreaterThan(12); // as if it had never been sent
    stand.reconnect();
    stand.frames(10);
    expect(await made).toBe(2);
    expect(live.experiment?.runs.length).toBe(3);
    expect(live.experiment?.edits).toEqual([{ step: 12, run: 2, set: { lr: 0.5 } }]);
    live.play();
    stand.frames(30);
    stand.expectTrue();
  });

  it('survives the connection like any other run', async () => {
    await rested();
    void live.fork({ run: 0, set: { lr: 0.5 } });
    stand.frames(5);
    live.play();
    stand.frames(20);
    stand.disconnect();
    stand.frames(5, false);
    stand.reconnect();
    stand.frames(60);
    expect(live.experiment?.runs[2]?.fork).toEqual({ run: 0, step: 12 });
    expect(live.head).toBeGreaterThan(40);
    stand.expectTrue();
  });

  it('that another experiment overtakes is told that it came to nothing', async () => {
    await rested();
    stand.disconnect();
    const made = live.fork({ run: 0, set: {} });
    void live.open(experimentOf(0.7));
    stand.reconnect();
    stand.frames(10);
    expect(await made).toBeNull();
    expect(live.experiment?.runs.length).toBe(1);
  });

  it('of nothing is nothing', async () => {
    expect(await live.fork({ run: 0, set: {} })).toBeNull();
  });
});

describe('an experiment that no message can hold', () => {
  const TOO_BIG = 1009;

  it('is refused once, and what was open stays', async () => {
    await stand.playing();
    const opened = live.open(experimentOf(0.7));
    live.lost(TOO_BIG);
    server.forget();
    expect(await opened).toBe(false);
    expect(live.fault?.code).toBe('limit');
    const before = server.of('open').length;
    stand.reconnect();
    expect(server.of('open').slice(before).map(({ experiment }) => experiment.runs[0]?.optimizer['lr'])).toEqual([0.1]);
    stand.frames(10);
    stand.expectTrue();
  });

  it('does not come from an edit: that is refused once, and all goes on', async () => {
    await stand.playing();
    stand.frames(30);
    live.edit({ run: 0, params: [1, 2] });
    const sent = server.of('edit').length;
    live.lost(TOO_BIG);
    server.forget();
    expect(live.fault?.code).toBe('limit');
    stand.reconnect();
    stand.frames(10);
    expect(server.of('edit').length).toBe(sent);
    expect(live.experiment?.edits ?? []).toEqual([]);
    stand.expectTrue();
  });

  it('is not sent again and again when it is our own', async () => {
    await stand.playing();
    stand.disconnect();
    server.up = true;
    live.connected();
    live.lost(TOO_BIG);
    server.forget();
    const before = server.of('open').length;
    live.connected();
    live.lost();
    live.connected();
    expect(server.of('open').length).toBe(before);
    expect(live.fault?.code).toBe('limit');
    const opened = live.open(experimentOf(0.7));
    server.settle();
    expect(await opened).toBe(true);
    expect(live.fault).toBeNull();
  });
});
