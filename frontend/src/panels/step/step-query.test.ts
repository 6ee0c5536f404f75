import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Inspected } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { INTERVAL, stepQuery } from './step-query';

interface Waiting {
  step: number;
  run: number;
  answer(): Promise<void>;
  refuse(): Promise<void>;
}

/** A session that is asked, and answers when the test says so. */
class Asked {
  playing = false;
  waiting: Waiting[] = [];
  draw: (frame: DrawState) => void = () => {};

  onFrame(draw: (frame: DrawState) => void): () => void {
    this.draw = draw;
    return () => (this.draw = () => {});
  }

  inspect(step: number, run: number): Promise<Inspected> {
    return new Promise((resolve, reject) => {
      const settle = async (how: () => void): Promise<void> => {
        this.waiting = this.waiting.filter((one) => one !== mine);
        how();
        await vi.advanceTimersByTimeAsync(0);
      };
      const mine: Waiting = {
        step,
        run,
        answer: () => settle(() => resolve({ step, run, worked: { step, lines: [] } } as unknown as Inspected)),
        refuse: () => settle(() => reject(new Error('not reached'))),
      };
      this.waiting.push(mine);
    });
  }

  only(): Waiting {
    expect(this.waiting).toHaveLength(1);
    return this.waiting[0] as Waiting;
  }
}

const EXPERIMENT = {} as DrawState['experiment'];

function frame(head: number, more: Partial<DrawState> & { epoch?: number; divergedAt?: number } = {}): DrawState {
  const { epoch = 0, divergedAt = null, ...rest } = more;
  const track = { length: divergedAt === null ? head + 1 : divergedAt + 1, divergedAt };
  const recording = { tracks: [track, track], last: head, epoch };
  return { experiment: EXPERIMENT, recording, head, selected: 0, visible: [true, true], ...rest } as unknown as DrawState;
}

describe('asking for the step on screen', () => {
  let session: Asked;
  let asking: ReturnType<typeof stepQuery>;
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    session = new Asked();
    asking = stepQuery(session);
    stop = asking.follow();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('asks at once at rest, and once only', async () => {
    session.draw(frame(3));
    session.draw(frame(3));
    await session.only().answer();
    expect(asking.shown?.step).toBe(3);
    session.draw(frame(3));
    expect(session.waiting).toEqual([]);
    session.draw(frame(4));
    expect(session.only().step).toBe(4);
  });

  it('asks at most twice a second while playing, for the step on screen then', async () => {
    session.playing = true;
    session.draw(frame(1));
    await session.only().answer();
    for (let head = 2; head <= 9; head++) session.draw(frame(head));
    expect(session.waiting).toEqual([]);
    await vi.advanceTimersByTimeAsync(INTERVAL - 1);
    expect(session.waiting).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(session.only().step).toBe(9);
  });

  it('waits no longer when playing stops', async () => {
    session.playing = true;
    session.draw(frame(1));
    await session.only().answer();
    session.draw(frame(7));
    session.playing = false;
    asking.refresh();
    expect(session.only().step).toBe(7);
  });

  it('has one question under way, and then asks for the newest step', async () => {
    for (let head = 0; head <= 5; head++) session.draw(frame(head));
    expect(session.only().step).toBe(0);
    await session.only().answer();
    expect(session.only().step).toBe(5);
  });

  it('drops an answer about another run, another recording or another experiment', async () => {
    const others = [{ selected: 1 }, { epoch: 1 }, { experiment: {} as DrawState['experiment'] }];
    for (const [head, other] of others.entries()) {
      session.draw(frame(head));
      const stale = session.only();
      session.draw(frame(head, other));
      await stale.answer();
      expect(asking.shown).toBeNull();
      await session.only().answer();
      expect(asking.shown?.step).toBe(head);
      session.draw(frame(head));
      expect(asking.shown).toBeNull();
      await session.only().answer();
    }
  });

  it('asks again after a refusal, since the step may be made by then', async () => {
    session.draw(frame(3));
    await session.only().refuse();
    expect(session.waiting).toEqual([]);
    await vi.advanceTimersByTimeAsync(INTERVAL);
    await session.only().answer();
    expect(asking.shown?.step).toBe(3);
  });

  it('shows the last step of a run that has diverged', async () => {
    session.draw(frame(20, { divergedAt: 8 }));
    expect(session.only().step).toBe(7);
  });

  it('asks nothing any more once stopped', async () => {
    session.draw(frame(3));
    const question = session.only();
    stop();
    await question.answer();
    await vi.advanceTimersByTimeAsync(10 * INTERVAL);
    expect(asking.shown).toBeNull();
    expect(session.waiting).toEqual([]);
  });
});
