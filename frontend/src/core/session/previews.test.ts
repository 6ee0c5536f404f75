import { beforeEach, describe, expect, it } from 'vitest';
import type { Edit, EventOf, Experiment } from '../protocol/wire';
import { experimentOf } from './fake-server.testing';
import { Previews } from './previews';
import { TestBed } from './test-bed.testing';

type Answer = EventOf<'preview'>;

const compiled = (lr = 0.1, runs = 1): Experiment => ({ ...experimentOf(lr, runs), engine: 'compiled' });

/** An answer whose losses are the rate that was asked about. */
function answerTo({ run, step, set }: Edit): Answer {
  const lr = Number(set?.['lr'] ?? 0);
  const reals = (values: number[], shape = [values.length]) => ({ dtype: '<f4', shape, values: Float32Array.from(values) }) as const;
  return {
    op: 'preview', id: 1, run, step,
    arrays: {
      steps: { dtype: '<i4', shape: [2], values: Int32Array.of(step, step + 1) },
      loss: reals([lr, lr]), grad_norm: reals([1, 1]), params: reals([1, 2], [2, 1]), diverged: lr > 1,
    },
  };
}

describe('previews', () => {
  let asked: { edit: Edit; until: number; answer: (answer: Answer) => void; refuse: () => void }[];
  let previews: Previews;
  const experiment = compiled();
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const rate = (lr: number, run = 0) => [{ run, set: { lr } }];
  const answerLast = async (): Promise<void> => {
    const last = asked.at(-1);
    last?.answer(answerTo(last.edit));
    await settled();
  };

  beforeEach(() => {
    asked = [];
    previews = new Previews((edit, until) => new Promise((answer, reject) => asked.push({ edit, until, answer, refuse: () => reject(new Error('no')) })));
  });

  it('ask from the step on screen to the end of the axis, at least 200 steps', () => {
    previews.room = 500;
    previews.want(rate(0.5));
    previews.update(experiment, 30);
    previews.update(experiment, 30);
    expect(asked.map(({ edit, until }) => [edit, until])).toEqual([[{ run: 0, step: 30, set: { lr: 0.5 } }, 500]]);
    const other = new Previews((edit, until) => new Promise((answer, refuse) => asked.push({ edit, until, answer, refuse })));
    other.room = 100;
    other.want(rate(0.5));
    other.update(experiment, 30);
    expect(asked.at(-1)?.until).toBe(230);
  });

  it('ask one question at a time, the next about the latest value', async () => {
    previews.want(rate(0.5));
    previews.update(experiment, 30);
    for (const lr of [0.6, 0.7, 0.8]) {
      previews.want(rate(lr));
      previews.update(experiment, 30);
    }
    expect(asked.length).toBe(1);
    await answerLast();
    expect(Array.from(previews.ghosts[0]?.loss ?? [])).toEqual([0.5, 0.5]);
    previews.update(experiment, 30);
    expect(asked.map(({ edit }) => edit.set?.['lr'])).toEqual([0.5, 0.8]);
    await answerLast();
    expect(previews.ghosts.length).toBe(1);
    expect(previews.ghosts[0]?.loss[0]).toBeCloseTo(0.8);
    previews.update(experiment, 30);
    expect(asked.length).toBe(2);
  });

  it('ask again when the play head, the axis or the experiment has changed', async () => {
    previews.want(rate(0.5));
    const moves: (() => void)[] = [
      () => previews.update(experiment, 30), () => previews.update(experiment, 31), () => previews.update(compiled(0.5), 31),
      () => {
        previews.room = 1000;
        previews.update(compiled(0.5), 31);
      },
    ];
    for (const [n, move] of moves.entries()) {
      move();
      expect(asked.length).toBe(n + 1);
      await answerLast();
    }
  });

  it('drop the answer that comes after the value was let go, and what was shown', async () => {
    previews.want(rate(0.5));
    previews.update(experiment, 30);
    await answerLast();
    previews.want(rate(0.6));
    previews.update(experiment, 30);
    previews.want([]);
    expect(previews.ghosts).toEqual([]);
    expect(previews.busy).toBe(false);
    await answerLast();
    expect(previews.ghosts).toEqual([]);
    previews.update(experiment, 40);
    expect(asked.length).toBe(2);
  });

  it('end when another experiment opens, and not when the value itself is in the experiment', async () => {
    previews.want(rate(0.5));
    previews.update(experiment, 0);
    await answerLast();
    previews.update(compiled(0.5), 0);
    await answerLast();
    expect(previews.ghosts.length).toBe(1);
    previews.update({ ...compiled(0.5), problem: { kind: 'surface', id: 'beale', params: {} } }, 0);
    expect(previews.ghosts).toEqual([]);
    previews.update(compiled(0.5), 0);
    expect(asked.length).toBe(2);
  });

  it('ask about every run in turn', async () => {
    const two = compiled(0.1, 2);
    previews.want([...rate(0.5), ...rate(0.5, 1)]);
    for (let n = 0; n < 4; n++) {
      previews.update(two, n);
      await answerLast();
    }
    expect(asked.map(({ edit }) => edit.run)).toEqual([0, 1, 0, 1]);
    expect(previews.ghosts.map(({ run }) => run).sort()).toEqual([0, 1]);
  });

  it('are not asked of an eager experiment, and an answer without records shows none', async () => {
    previews.want(rate(0.5));
    previews.update(experimentOf(), 30);
    expect(asked).toEqual([]);
    previews.update(experiment, 30);
    asked[0]?.answer({ op: 'preview', id: 1, run: 0, step: 30, arrays: null });
    await settled();
    expect(previews.ghosts).toEqual([]);
  });

  it('go on after a refusal, without asking the same again', async () => {
    previews.want(rate(0.5));
    previews.update(experiment, 30);
    asked[0]?.refuse();
    await settled();
    previews.update(experiment, 30);
    expect(asked.length).toBe(1);
    previews.update(experiment, 31);
    expect(asked.length).toBe(2);
  });

  it('ask anew after the connection was lost', async () => {
    previews.want(rate(0.5));
    previews.update(experiment, 30);
    previews.lost();
    expect(previews.busy).toBe(false);
    previews.update(experiment, 30);
    expect(asked.length).toBe(2);
    asked[0]?.answer(answerTo({ run: 0, step: 30, set: { lr: 9 } }));
    await settled();
    expect(previews.ghosts).toEqual([]);
    await answerLast();
    expect(previews.ghosts[0]?.loss[0]).toBeCloseTo(0.5);
  });
});

describe('a live experiment', () => {
  it('asks while a value is dragged, and opens at step 0 in turn with the previews', async () => {
    const stand = new TestBed();
    const { live, server } = stand;
    await stand.playing(compiled());
    live.pause();
    live.seek(0);
    live.previews.want([{ run: 0, set: { lr: 0.2 } }]);
    stand.frames(1, false);
    expect(server.ops().at(-1)).toBe('preview');
    // Dragged on: the change is an open at step 0, and waits for the answer.
    const opened = live.open(compiled(0.3));
    stand.frames(1, false);
    expect(server.of('open').length).toBe(1);
    server.settle();
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    expect(live.previews.ghosts.length).toBe(1);
    stand.frames(2);
    expect(await opened).toBe(true);
    expect(server.of('open').length).toBe(2);
    live.previews.want([]);
    expect(live.previews.ghosts).toEqual([]);
  });

  it('opens at once where nothing is dragged any more', async () => {
    const stand = new TestBed();
    const { live, server } = stand;
    await stand.playing(compiled());
    live.previews.want([{ run: 0, set: { lr: 0.2 } }]);
    stand.frames(1, false);
    live.previews.want([]);
    void live.open(compiled(0.3));
    expect(server.of('open').length).toBe(2);
  });
});
