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

describe('edits', () => {
  it('are at the step on screen, forget what lay beyond, and keep the head', async () => {
    await stand.playing();
    stand.frames(60);
    live.seek(12);
    live.edit({ run: 0, set: { lr: 0.5 } });
    expect(live.player.recording.last).toBe(12);
    expect(live.head).toBe(12);
    expect(server.of('edit').at(-1)?.edit).toEqual({ step: 12, run: 0, set: { lr: 0.5 } });
    server.settle();
    server.settle();
    expect(live.experiment?.edits).toEqual([{ step: 12, run: 0, set: { lr: 0.5 } }]);
    expect(stand.losses()[12]).toBeCloseTo(12.1);
    expect(stand.losses()[13]).toBeCloseTo(13.5);
    stand.frames(30);
    expect(live.head).toBeGreaterThan(20);
    stand.expectTrue();
  });

  it('of a run that is over go back to where they still change something', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    expect(live.head).toBe(server.divergence);
    live.edit({ run: 0, set: { lr: 0.5 } });
    expect(server.of('edit').at(-1)?.edit).toEqual({ step: 0, run: 0, set: { lr: 0.5 } });
    stand.frames(60);
    expect(live.player.recording.last).toBeGreaterThan(server.divergence);
    stand.expectTrue();
  });

  it('grant no more than will be looked at: a long recording is not made again', async () => {
    await stand.playing();
    live.setSpeed(Infinity);
    stand.frames(20);
    live.setSpeed(30);
    live.seek(5);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(3);
    expect(live.player.recording.last).toBeLessThan(30);
  });

  it('of a dragged slider are one at a time, with the latest value', async () => {
    await stand.playing();
    stand.frames(30);
    live.pause();
    const before = server.of('edit').length;
    for (let n = 1; n <= 50; n += 1) live.edit({ run: 0, set: { lr: n / 100 } });
    expect(server.of('edit').length - before).toBe(1);
    stand.frames(10);
    const edits = server.of('edit').slice(before);
    expect(edits.map((command) => command.edit.set)).toEqual([{ lr: 0.01 }, { lr: 0.5 }]);
    expect(new Set(edits.map((command) => command.edit.step))).toEqual(new Set([live.head]));
    stand.expectTrue();
  });

  it('of a slider dragged while it plays let the path be seen to grow', async () => {
    await stand.playing();
    stand.frames(30);
    const from = live.head;
    for (let n = 0; n < 60; n += 1) {
      for (let inFrame = 0; inFrame < 4; inFrame += 1) live.edit({ run: 0, set: { lr: n / 100 } });
      stand.frames(1);
    }
    expect(server.of('edit').length).toBeLessThanOrEqual(61);
    expect(live.head - from).toBeGreaterThanOrEqual(27); // 30 steps a second, as without a hand on the slider
    stand.frames(3);
    expect(live.experiment?.edits?.at(-1)?.set).toEqual({ lr: 0.59 });
    stand.expectTrue();
  });

  it('keep their values apart: two runs, two hyperparameters, a move', async () => {
    await stand.playing(experimentOf(0.1, 2));
    live.pause();
    stand.frames(5);
    live.edit({ run: 0, set: { lr: 0.2 } });
    live.edit({ run: 0, set: { momentum: 0.9 } });
    live.edit({ run: 1, set: { lr: 0.3 } });
    live.edit({ run: 0, set: { lr: 0.4 } });
    live.edit({ run: 0, params: [3] });
    live.edit({ run: 0, params: [4] });
    stand.frames(40);
    expect(server.of('edit').map(({ edit: { step: _, ...edit } }) => edit)).toEqual([
      { run: 0, set: { lr: 0.2 } },
      { run: 0, set: { momentum: 0.9, lr: 0.4 } },
      { run: 1, set: { lr: 0.3 } },
      { run: 0, params: [4] },
    ]);
  });

  it('ignore records of before', async () => {
    await stand.playing();
    stand.frames(60);
    live.seek(12);
    live.edit({ run: 0, set: { lr: 0.5 } });
    live.receive(server.chunk(13, 20)); // was under way when the edit was sent
    expect(live.player.recording.last).toBe(12);
    server.answer();
    live.receive(server.chunk(13, 20, 1)); // still of the first revision
    expect(live.player.recording.last).toBe(12);
    server.work();
    expect(live.player.recording.last).toBeGreaterThan(12);
    stand.expectTrue();
  });

  it('that are refused leave everything as it was, and name the field of the run', async () => {
    await stand.playing();
    stand.frames(60);
    const { last } = live.player.recording;
    live.seek(12);
    live.edit({ run: 0, set: { lr: -1 } });
    expect(live.player.recording.last).toBe(12);
    live.receive(server.chunk(last + 1, last + 5)); // granted before, and still good
    server.answer();
    expect(live.fault).toEqual({ code: 'invalid', field: 'runs[0].optimizer.lr', message: 'must be 0 or more', column: null });
    expect(live.player.recording.last).toBe(last + 5);
    expect(live.head).toBe(12);
    expect(live.experiment?.edits).toEqual([]);
    stand.expectTrue();
    live.edit({ run: 0, set: { lr: 0.3 } });
    stand.frames(60);
    expect(live.fault).toBeNull();
    expect(live.head).toBeGreaterThan(20);
    stand.expectTrue();
  });

  it('that wait stay at their step when the head is moved', async () => {
    await stand.playing();
    stand.frames(60);
    live.pause();
    live.seek(20);
    live.edit({ run: 0, set: { lr: 0.2 } });
    live.edit({ run: 0, set: { lr: 0.3 } });
    live.seek(5);
    live.edit({ run: 0, set: { lr: 0.4 } });
    stand.frames(40);
    expect(server.of('edit').map(({ edit }) => [edit.step, edit.set?.['lr']])).toEqual([[20, 0.2], [20, 0.3], [5, 0.4]]);
    expect(live.head).toBe(5);
  });

  it('never leave the head beyond what is recorded', async () => {
    await stand.playing();
    stand.frames(60);
    live.pause();
    live.seek(5);
    live.edit({ run: 0, set: { lr: 0.2 } });
    live.edit({ run: 0, set: { lr: 0.3 } });
    server.settle();
    live.seek(9);
    expect(live.head).toBe(9);
    for (let n = 0; n < 40; n += 1) {
      stand.frames(1, n % 3 === 0);
      expect(live.head).toBeLessThanOrEqual(live.player.recording.last);
    }
    expect(live.head).toBe(5);
  });

  it('go before another experiment that is opened', async () => {
    await stand.playing();
    stand.frames(10);
    live.edit({ run: 0, set: { lr: 0.2 } });
    live.edit({ run: 0, set: { lr: 0.3 } });
    const opened = live.open(experimentOf(0.7));
    server.settle();
    server.settle();
    expect(await opened).toBe(true);
    expect(server.ops().filter((op) => op !== 'advance')).toEqual(['open', 'edit', 'edit', 'open']);
    expect(live.experiment?.edits).toEqual([]);
    stand.frames(20);
    stand.expectTrue();
  });

  it('bring the engines that make the runs from then on', async () => {
    await stand.playing({ ...experimentOf(), engine: 'compiled' });
    stand.frames(30);
    expect(live.engines).toEqual(['compiled']);
    live.edit({ run: 0, optimizer: { id: 'lbfgs', lr: 1 } });
    server.settle();
    expect(live.engines).toEqual(['eager']);
  });

  it('let playing go on that had stopped by itself', async () => {
    await stand.playing(experimentOf(2));
    stand.frames(120);
    live.seek(3);
    expect(live.player.playhead.playing).toBe(false);
    live.edit({ run: 0, set: { lr: 0.1 } });
    expect(live.player.playhead.playing).toBe(true);
    stand.frames(120);
    expect(live.head).toBeGreaterThan(30);
  });
});
