/** Undo and redo on a live experiment with a fake server. */
import { beforeEach, describe, expect, it } from 'vitest';
import { addRun, removeRun, setStart } from '../experiment/changes';
import { experimentOf } from './fake-server.testing';
import { TestBed } from './test-bed.testing';
import { Undo } from './undo.svelte';

let stand: TestBed;
let undo: Undo;

beforeEach(() => {
  stand = new TestBed();
  const { live } = stand;
  undo = new Undo({
    moment: () => live.experiment && { experiment: live.experiment, step: live.head, last: live.player.recording.last },
    idle: () => live.idle,
    open: (moment, how) => live.open(moment.experiment, how),
    now: () => stand.now,
  });
  stand.onReplaced = (change) => undo.replaced(change);
});

/** Plays some steps, and rests at one of them. */
async function rested(step: number, runs = 2): Promise<void> {
  await stand.playing(experimentOf(0.1, runs));
  undo.begin(runs);
  stand.frames(90);
  stand.live.seek(step);
  stand.live.pause();
  stand.frames(5);
}

async function go(way: 'undo' | 'redo'): Promise<void> {
  const done = undo.go(way);
  stand.server.settle();
  await done;
  stand.frames(5);
}

describe('undo', () => {
  it('takes an edit back, with the step on screen and the steps that it discarded', async () => {
    await rested(12);
    const { live } = stand;
    const before = live.experiment;
    const last = live.player.recording.last;
    const losses = stand.losses().slice(0, last + 1);
    live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(5);
    expect(live.experiment?.edits?.length).toBe(1);
    expect(live.player.recording.last).toBeLessThan(last);
    expect(undo.discarded).toMatchObject({ step: 12, runs: [0], edits: [] });
    await go('undo');
    expect(live.experiment).toEqual(before);
    expect([live.head, live.player.recording.last]).toEqual([12, last]);
    expect(stand.losses()).toEqual(losses);
    expect(undo.discarded).toBeNull();
    expect([undo.canUndo, undo.canRedo]).toEqual([false, true]);
    await go('redo');
    expect(live.experiment?.edits).toEqual([{ step: 12, run: 0, set: { lr: 0.5 } }]);
    expect(live.head).toBe(12);
    stand.expectTrue();
  });

  it('does not ask again for records that both have', async () => {
    await rested(12);
    stand.live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(5);
    await go('undo');
    expect(stand.server.of('open').at(-1)?.after).toBe(12);
  });

  it('takes a stray click back: the start, and the step that was on screen', async () => {
    await rested(20);
    const { live } = stand;
    const before = live.experiment;
    stand.gesture = 4;
    void live.open(setStart(live.experiment ?? experimentOf(), [7]));
    stand.frames(5);
    expect([live.head, live.experiment?.runs[0]?.start]).toEqual([0, [7]]);
    await go('undo');
    expect([live.head, live.experiment]).toEqual([20, before]);
    stand.expectTrue();
  });

  it('takes a drag back as one change', async () => {
    await rested(0);
    const { live } = stand;
    stand.gesture = 4;
    for (const at of [2, 3, 4]) {
      void live.open(setStart(live.experiment ?? experimentOf(), [at]));
      stand.frames(5);
    }
    expect(live.experiment?.runs[0]?.start).toEqual([4]);
    await go('undo');
    expect(live.experiment?.runs[0]?.start).toEqual([1]);
    expect(undo.canUndo).toBe(false);
  });

  it('waits for a change that is on its way, and takes that back', async () => {
    await rested(12);
    const { live } = stand;
    live.edit({ run: 0, set: { lr: 0.5 } });
    live.edit({ run: 1, set: { lr: 0.7 } });
    const done = [undo.go('undo'), undo.go('undo')];
    for (let n = 0; n < 20; n += 1) {
      stand.frames(2);
      undo.continue();
      await Promise.resolve();
    }
    await Promise.all(done);
    expect(live.experiment?.edits).toEqual([]);
  });

  it('that the server refuses leaves everything as it is', async () => {
    await rested(12);
    stand.live.edit({ run: 0, set: { lr: 0.5 } });
    stand.frames(5);
    stand.server.refusal = { message: 'no' };
    await go('undo');
    expect(stand.live.experiment?.edits?.length).toBe(1);
    expect([undo.canUndo, undo.canRedo]).toEqual([true, false]);
  });
});

describe('runs that are added or removed', () => {
  it('do not rewind the others, nor change their marks', async () => {
    await rested(12, 3);
    const { live } = stand;
    const experiment = live.experiment ?? experimentOf();
    const last = live.player.recording.last;
    void live.open(removeRun(experiment, 0), { step: live.head, until: last, from: [1, 2] });
    stand.server.settle();
    expect([live.head, live.player.recording.last]).toEqual([12, last]);
    expect(stand.server.of('open').at(-1)?.after).toBe(last);
    expect(undo.marks).toEqual([1, 2]);

    const left = live.experiment ?? experimentOf();
    void live.open(addRun(left, { optimizer: { id: 'adam', lr: 0.3 }, start: [1] }), { step: live.head, until: last, from: [0, 1, null] });
    stand.server.answer();
    expect([live.head, live.player.recording.last]).toEqual([12, last]); // before any record of the new run
    stand.frames(10);
    expect(undo.marks).toEqual([1, 2, 0]);
    expect(stand.losses(2).length).toBeGreaterThan(12);
    stand.expectTrue();
  });

  it('come back with their marks, and are shown and selected as before', async () => {
    await rested(12, 3);
    const { live } = stand;
    undo.visible = [true, false, true];
    undo.selected = 1;
    void live.open(removeRun(live.experiment ?? experimentOf(), 1), { step: 12, from: [0, 2] });
    stand.frames(5);
    expect([undo.marks, undo.visible, undo.selected]).toEqual([[0, 2], [true, true], 1]);
    await go('undo');
    expect([undo.marks, undo.visible, undo.selected]).toEqual([[0, 1, 2], [true, false, true], 1]);
    await go('redo');
    expect(undo.marks).toEqual([0, 2]);
    stand.expectTrue();
  });

  it('are changed only once their records have come', async () => {
    await rested(12);
    const { live, server } = stand;
    void live.open(addRun(live.experiment ?? experimentOf(), { optimizer: { id: 'adam', lr: 0.3 }, start: [1] }), { step: 12, from: [0, 1, null] });
    server.answer();
    live.edit({ run: 2, set: { lr: 0.9 } });
    stand.frames(3, false);
    expect(server.of('edit').length).toBe(0);
    stand.frames(10);
    expect(live.experiment?.edits).toEqual([{ step: 12, run: 2, set: { lr: 0.9 } }]);
    stand.expectTrue();
  });

  it('survive a connection that is lost before their records have come', async () => {
    await rested(12);
    const { live, server } = stand;
    void live.open(addRun(live.experiment ?? experimentOf(), { optimizer: { id: 'adam', lr: 0.3 }, start: [1] }), { step: 12, from: [0, 1, null] });
    server.answer();
    stand.disconnect();
    stand.reconnect();
    stand.frames(10);
    expect(server.of('open').at(-1)?.after).toBe(-1);
    expect(stand.losses(2).length).toBeGreaterThan(12);
    stand.expectTrue();
  });
});
