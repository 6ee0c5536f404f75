import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../protocol/wire';
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

describe('opening', () => {
  it('waits for the connection, opens, grants and plays', async () => {
    const opened = live.open(experimentOf());
    expect(server.received).toEqual([]);
    live.play();
    live.connected();
    server.settle();
    expect(await opened).toBe(true);
    expect(server.of('open')[0]).toMatchObject({ after: -1, language: 'zh' });
    stand.frames(60);
    expect(live.connection).toBe('live');
    expect(live.scene?.dim).toBe(1);
    expect(live.head).toBeGreaterThanOrEqual(27);
    expect(live.head).toBeLessThanOrEqual(30);
    expect(live.player.recording.last - live.head).toBeLessThanOrEqual(15);
    stand.expectTrue();
  });

  it('begins another experiment at step 0 and keeps playing', async () => {
    await stand.playing();
    stand.frames(60);
    const opened = live.open(experimentOf(0.5));
    server.settle();
    expect(await opened).toBe(true);
    expect(live.head).toBe(0);
    stand.frames(30);
    expect(live.head).toBeGreaterThan(10);
    stand.expectTrue();
  });

  it('leaves the old one playing when the new one is refused', async () => {
    await stand.playing();
    stand.frames(30);
    const head = live.head;
    server.refusal = { field: 'problem.params.expression', message: 'no such name', column: 3 };
    const opened = live.open(experimentOf(0.5));
    server.settle();
    expect(await opened).toBe(false);
    expect(live.fault).toEqual({ code: 'invalid', field: 'problem.params.expression', message: 'no such name', column: 3 });
    stand.frames(30);
    expect(live.head).toBeGreaterThan(head + 10);
    expect(live.experiment).toEqual(experimentOf());
    stand.expectTrue();
  });

  it('opens in order and ends with the latest', async () => {
    await stand.playing();
    const first = live.open(experimentOf(0.2));
    const second = live.open(experimentOf(0.3));
    const third = live.open(experimentOf(0.4));
    server.settle();
    expect([await first, await second, await third]).toEqual([true, false, true]);
    expect(server.of('open').map((open) => open.experiment.runs[0]?.optimizer['lr'])).toEqual([0.1, 0.2, 0.4]);
    expect(live.experiment).toEqual(experimentOf(0.4));
  });

  it('tells the server of another language without losing a record', async () => {
    await stand.playing();
    stand.frames(30);
    const head = live.head;
    stand.language = 'en';
    live.languageChanged();
    expect(server.of('open').map((open) => open.language)).toEqual(['zh', 'en']);
    stand.frames(1, false); // records of before are still on their way
    stand.frames(60);
    expect(live.head).toBeGreaterThan(head + 20);
    expect(server.of('open')).toHaveLength(2);
    stand.expectTrue();
  });

  it('drops what was changed of the old one while the new one was on its way', async () => {
    await stand.playing();
    const opened = live.open(experimentOf(0.5));
    live.edit({ run: 0, set: { lr: 0.9 } });
    server.settle();
    expect(await opened).toBe(true);
    stand.frames(20);
    expect(live.experiment?.edits).toEqual([]);
    expect(server.of('edit')).toEqual([]);
  });

  it('sends edits without the changes that they do not make', async () => {
    const edits = [{ step: 3, run: 0, set: { lr: 0.2 }, optimizer: null, params: null }];
    await stand.playing({ ...experimentOf(), edits });
    expect(server.of('open')[0]?.experiment.edits).toEqual([{ step: 3, run: 0, set: { lr: 0.2 } }]);
  });

  it('clears the fault when something is accepted', async () => {
    await stand.playing();
    server.refusal = {};
    void live.open(experimentOf(0.5));
    server.settle();
    expect(live.fault).not.toBeNull();
    void live.open(experimentOf(0.6));
    server.settle();
    expect(live.fault).toBeNull();
  });

  it('comes again when the server has no room, and says so', async () => {
    live.connected();
    server.refusal = { code: 'busy', message: 'full' };
    const opened = live.open(experimentOf());
    server.answer();
    expect(live.fault?.code).toBe('busy');
    expect(live.connection).toBe('full');
    vi.advanceTimersByTime(1000);
    server.settle();
    expect(await opened).toBe(true);
    expect(live.connection).toBe('live');
    expect(live.fault).toBeNull();
  });

  it('shows a later step first when it was asked to', async () => {
    live.connected();
    const opened = live.open(experimentOf(), { step: 137 });
    server.settle();
    await opened;
    stand.frames(3);
    expect(live.head).toBe(137);
    stand.frames(60);
    expect(live.head).toBe(137);
  });
});

describe('playing', () => {
  it('never shows what is not recorded', async () => {
    await stand.playing();
    stand.frames(120, false);
    expect(live.head).toBe(live.player.recording.last);
    stand.frames(30);
    expect(live.head).toBeGreaterThan(15);
  });

  it('stops by itself where every run has diverged, and plays again from the start', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    expect(live.head).toBe(20);
    expect(live.player.playhead.playing).toBe(false);
    const received = server.received.length;
    stand.frames(60);
    expect(server.received.length).toBe(received);
    live.play();
    expect(live.head).toBe(0);
    stand.frames(10);
    expect(live.player.playhead.playing).toBe(true);
  });

  it('grants nothing beyond the end of a recording that cannot go on', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    const grants = server.of('advance').length;
    live.setSpeed(1000);
    live.play();
    stand.frames(10);
    live.stepBy(5);
    stand.frames(10);
    expect(live.head).toBe(20);
    expect(server.of('advance').length).toBe(grants);
  });

  it('goes on with another experiment after it stopped by itself, not after a pause', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    void live.open(experimentOf());
    server.settle();
    expect(live.player.playhead.playing).toBe(true);
    live.pause();
    void live.open(experimentOf());
    server.settle();
    expect(live.player.playhead.playing).toBe(false);
  });

  it('steps on beyond the recording, one by one and many at once', async () => {
    await stand.playing();
    stand.frames(30);
    live.pause();
    live.seek(1000);
    const end = live.player.recording.last;
    expect(live.head).toBe(end);
    live.stepBy(1);
    live.stepBy(1);
    stand.frames(3);
    expect(live.head).toBe(end + 2);
    live.stepBy(100);
    stand.frames(3);
    expect(live.head).toBe(end + 102);
    live.stepBy(-1);
    expect(live.head).toBe(end + 101);
  });

  it('costs the server nothing while the tab is hidden', async () => {
    await stand.playing();
    stand.frames(30);
    stand.hidden = true;
    live.visibilityChanged();
    server.settle();
    const { last } = live.player.recording;
    stand.frames(60);
    expect(live.player.recording.last).toBe(last);
    stand.hidden = false;
    live.visibilityChanged();
    stand.frames(30);
    expect(live.player.recording.last).toBeGreaterThan(last);
  });

  it('says while its records wait for a kernel', async () => {
    await stand.playing({ ...experimentOf(), engine: 'compiled' });
    expect(live.compiling).toBe(false);
    live.receive({ op: 'compiling', revision: 99 }); // of an experiment before
    expect(live.compiling).toBe(false);
    live.receive({ op: 'compiling', revision: 1 });
    expect(live.compiling).toBe(true);
    stand.frames(300); // records come
    expect(live.compiling).toBe(false);
    live.receive({ op: 'compiling', revision: 1 });
    stand.disconnect();
    live.lost();
    expect(live.compiling).toBe(false);
  });

  it('has a speed of the problem until the user chooses one', async () => {
    const plain = new TestBed(null);
    await plain.playing({ ...experimentOf(), engine: 'compiled' });
    expect(plain.live.player.playhead.speed).toBe(10);
    const problem: Experiment['problem'] = {
      kind: 'learning', dataset: { id: 'spiral', params: {} }, model: { id: 'mlp', params: {} }, loss: { id: 'bce_logits', params: {} },
    };
    await plain.playing({ ...experimentOf(), problem, engine: 'compiled' });
    expect(plain.live.player.playhead.speed).toBe(60);
    await plain.playing({ ...experimentOf(), problem });
    expect(plain.live.player.playhead.speed).toBe(10);
    plain.live.setSpeed(25);
    await plain.playing({ ...experimentOf(), problem, engine: 'compiled' });
    expect(plain.live.player.playhead.speed).toBe(25);
  });

  it('is as fast as the records come at infinite speed', async () => {
    await stand.playing();
    live.setSpeed(Infinity);
    stand.frames(20);
    expect(live.head).toBeGreaterThan(1000);
    live.pause();
    stand.frames(2);
    const { last } = live.player.recording;
    stand.frames(20);
    expect(live.player.recording.last).toBe(last);
    stand.expectTrue();
  });

  it('goes up to the cap of the server, then says so', async () => {
    server.maxSteps = 40;
    await stand.playing();
    stand.frames(60);
    expect(live.fault).toBeNull();
    stand.frames(120);
    expect(live.head).toBe(40);
    expect(live.fault?.code).toBe('limit');
    expect(live.player.playhead.playing).toBe(false);
    expect(live.fault?.message).toContain('40');
    expect(server.of('advance').filter((grant) => grant.until > 40)).toEqual([]);
    live.seek(10);
    live.edit({ run: 0, set: { lr: 0.5 } });
    live.play();
    stand.frames(30);
    expect(live.head).toBeGreaterThan(20);
    stand.expectTrue();
  });

  it('waits for slow records up to the cap', async () => {
    server.maxSteps = 40;
    await stand.playing();
    live.setSpeed(Infinity);
    while (live.player.recording.last < 40) {
      expect(live.fault).toBeNull();
      stand.frames(40, false);
      server.answer();
      server.work(1);
    }
    stand.frames(1, false);
    expect(live.head).toBe(40);
    stand.frames(1);
    expect(live.fault?.code).toBe('limit');
  });

  it('does not go beyond the cap one step at a time either, and says why', async () => {
    server.maxSteps = 12;
    await stand.playing();
    stand.frames(10);
    live.stepBy(12 - live.head);
    stand.frames(20);
    expect(live.head).toBe(12);
    expect(live.fault).toBeNull();
    live.stepBy(1);
    stand.frames(20);
    expect(live.head).toBe(12);
    expect(live.fault?.code).toBe('limit');
    expect(server.of('advance').filter((grant) => grant.until > 12)).toEqual([]);
  });

  it('stops and says why when the work fails; play tries again', async () => {
    await stand.playing();
    stand.frames(30);
    server.error(0, { code: 'worker_lost', message: 'died', step: 16 });
    expect(live.fault).toMatchObject({ code: 'worker_lost', message: 'died' });
    expect(live.player.playhead.playing).toBe(false);
    const grants = server.of('advance').length;
    stand.frames(30);
    expect(server.of('advance').length).toBe(grants);
    live.play();
    stand.frames(30);
    expect(server.of('advance').length).toBeGreaterThan(grants);
  });
});
