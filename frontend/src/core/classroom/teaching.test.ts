// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../protocol/wire';
import type { Session } from '../session/types';
import { activityPart as partOf, FakeRoomServer, roomFor } from './fake-room.testing';
import { sharedStep, Teaching } from './teaching.svelte';
import type { Room } from './room.svelte';
import type { Activity } from './types';

const withRate = (lr: number, edits: Experiment['edits'] = []): Experiment => ({
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: { kappa: 10 } },
  seed: 0,
  dtype: 'float32',
  runs: [{ optimizer: { id: 'sgd', lr }, start: [1, 1] }],
  edits: edits as NonNullable<Experiment['edits']>,
});
const watch = (experiment: Experiment): Activity => ({ kind: 'watch', experiment, until: 80, returns: true });

/** Activity number 3. number: of the part. */
const activityPart = (number: number, activity: Activity) => partOf(number, { activity_number: 3, activity });

/** What a teacher’s page has of a session. */
function page(experiment: Experiment) {
  const session = {
    experiment, connection: 'live', playing: false, speed: 10, head: 0, limit: Infinity,
    open: vi.fn((next: Experiment) => {
      session.experiment = next;
      return Promise.resolve(true);
    }),
    pause: () => void (session.playing = false),
    play: () => void (session.playing = true),
    seek: (step: number) => void (session.head = step),
    setSpeed: (speed: number) => void (session.speed = speed),
    stopAt: (step: number) => void (session.limit = step),
  };
  return session;
}

let server: FakeRoomServer;
let room: Room;
let now = 0;
beforeEach(() => {
  server = new FakeRoomServer();
  room = roomFor(server, { role: 'teacher' });
  server.accept();
  now = 0;
});
afterEach(() => void vi.useRealTimers());

function teach(session: ReturnType<typeof page>): Teaching {
  return new Teaching(room, session as unknown as Session, () => now);
}

/** Lets promises go on. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('a teacher’s page', () => {
  it('opens what the room does, at its start, and goes no farther than its end', async () => {
    const session = page(withRate(0.5));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await settle();
    expect(session.open).toHaveBeenCalledOnce();
    expect(session.experiment).toEqual(withRate(0.1));
    expect([session.limit, session.head, session.speed]).toEqual([80, 0, 10]);
    expect(server.count('update')).toBe(0);
  });

  it('tells the room what the teacher changes, and up to which step nothing changes', async () => {
    const session = page(withRate(0.1));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await settle();
    expect(session.open).not.toHaveBeenCalled();
    session.head = 20;
    session.experiment = withRate(0.1, [{ step: 12, run: 0, set: { lr: 0.4 } }]);
    teaching.experimentsChanged();
    expect(server.last('update')).toMatchObject({ activity: 3, step: 12, experiment: session.experiment });
    // The room's own echo, and one that was on its way, do not open anything again.
    server.say(activityPart(4, watch(session.experiment)));
    server.store('update', 4);
    await settle();
    teaching.experimentsChanged();
    expect(session.open).not.toHaveBeenCalled();
    expect(server.count('update')).toBe(1);
  });

  it('does not tell of a change while a question is asked, and shows nothing before it is closed', async () => {
    const session = page(withRate(0.1));
    const teaching = teach(session);
    const question: Activity = { kind: 'predict', experiment: withRate(0.1), until: 50, question: { kind: 'place', ask: { en: 'Where?', zh: '' }, run: 0 } };
    server.say({ ...activityPart(3, question), phase: 'open' });
    teaching.experimentsChanged();
    await settle();
    expect(session.limit).toBe(0);
    session.experiment = withRate(0.2);
    session.playing = true;
    teaching.experimentsChanged();
    teaching.headsChanged();
    expect(server.count('update') + server.count('play')).toBe(0);
    server.say({ ...activityPart(5, question), phase: 'closed' });
    teaching.experimentsChanged();
    await settle();
    expect(session.limit).toBe(50);
    expect(server.last('play')).toMatchObject({ activity: 3, speed: 6 }); // fifty steps in eight seconds
  });

  it('says when it plays, rests and jumps, but not while both go in step', async () => {
    const session = page(withRate(0.1));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await settle();
    teaching.headsChanged();
    expect(server.count('play')).toBe(0); // both rest at 0
    session.play();
    teaching.headsChanged();
    expect(server.last('play')).toMatchObject({ activity: 3, step: 0, speed: 10 });
    server.say({ op: 'play', number: 4, activity_number: 3, playing: { step: 0, speed: 10, at: server.time } });
    server.store('play', 4);
    await settle();
    teaching.headsChanged();
    expect(server.count('play')).toBe(1);
    now = 1000;
    session.seek(60);
    teaching.headsChanged();
    expect(server.last('play')).toMatchObject({ step: 60, speed: 10 });
  });

  it('plays what the teacher starts while the activity is being opened', async () => {
    const session = page(withRate(0.5));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged(); // opens it
    teaching.run();
    server.say({ op: 'play', number: 3, activity_number: 3, playing: null });
    teaching.headsChanged();
    await settle();
    expect(session.playing).toBe(true);
    expect(server.last('play')).toMatchObject({ activity: 3, step: 0, speed: 10 });
  });

  it('keeps the speed that the teacher chooses while the activity is being opened', async () => {
    const session = page(withRate(0.5));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    expect(session.speed).toBe(10);
    session.speed = 1;
    await settle();
    expect([session.experiment, session.speed]).toEqual([withRate(0.1), 1]);
  });

  it('says again where it is, when a command about it had no effect', async () => {
    vi.useFakeTimers();
    const session = page(withRate(0.1));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await vi.advanceTimersByTimeAsync(0);
    session.seek(40);
    teaching.headsChanged();
    server.refuse('play', 'conflict');
    now = 2000;
    await vi.advanceTimersByTimeAsync(1500);
    expect(server.count('play')).toBe(2);
    expect(server.last('play')).toMatchObject({ step: 40 });
    server.refuse('play', 'limit');
    now = 9000;
    await vi.advanceTimersByTimeAsync(9000);
    expect(server.count('play')).toBe(2); // the room takes no more
    teaching.stop();
  });

  it('goes along with another screen of the same teacher', async () => {
    const session = page(withRate(0.1));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await settle();
    server.say({ op: 'play', number: 9, activity_number: 3, playing: { step: 30, speed: 0, at: server.time } });
    teaching.headsChanged();
    expect([session.head, session.playing]).toEqual([30, false]);
    expect(server.count('play')).toBe(0);
  });

  it('goes where the phones are when its page is seen again, and does not call them back meanwhile', async () => {
    const session = page(withRate(0.1));
    const teaching = teach(session);
    server.say(activityPart(3, watch(withRate(0.1))));
    teaching.experimentsChanged();
    await settle();
    session.play();
    teaching.headsChanged();
    server.say({ op: 'play', number: 4, activity_number: 3, playing: { step: 0, speed: 10, at: server.time - 4000 } });
    server.store('play', 4);
    await settle();
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    now = 4000;
    teaching.headsChanged();
    expect(server.count('play')).toBe(1);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    teaching.headsChanged();
    expect([session.head, server.count('play')]).toEqual([0, 1]); // the time is asked for first
    server.say({ op: 'time', id: server.last('clock').id ?? 0, time: server.time });
    teaching.headsChanged();
    expect(session.head).toBeGreaterThanOrEqual(40);
    expect(session.playing).toBe(true);
    now = 8000;
    teaching.headsChanged();
    expect(server.count('play')).toBe(1);
    visibility.mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    session.pause(); // what the teacher does counts all the same
    teaching.headsChanged();
    expect(server.last('play')).toMatchObject({ speed: 0 });
    visibility.mockRestore();
    teaching.stop();
  });

  it('changes the lesson as it has changed it last, also before the room says so', async () => {
    const teaching = teach(page(withRate(0.1)));
    const title = (en: string) => ({ lesson: 1, id: 'l', title: { en }, steps: [] }) as unknown as NonNullable<Teaching['lesson']>;
    const says = (number: number, en: string): void => server.say({ op: 'lesson', number, lesson: title(en), step: null });
    says(1, 'first');
    expect(teaching.lesson).toEqual(title('first'));
    const sent = teaching.changeLesson(title('second'));
    expect(teaching.lesson).toEqual(title('second'));
    server.store('lesson', 5);
    await sent;
    expect(teaching.lesson).toEqual(title('second'));
    says(5, 'second, completed');
    expect(teaching.lesson).toEqual(title('second, completed'));
    const refused = teaching.changeLesson(title('third'));
    server.refuse('lesson', 'invalid');
    await refused;
    expect(teaching.lesson).toEqual(title('second, completed'));
    says(9, 'of another screen');
    expect(teaching.lesson).toEqual(title('of another screen'));
  });

  it('keeps the reason why a command had no effect, until one has', async () => {
    const teaching = teach(page(withRate(0.1)));
    const refused = teaching.send({ op: 'lock', locked: true });
    server.refuse('lock', 'conflict', 'the lesson is over');
    expect(await refused).toBe(false);
    expect(teaching.fault).toMatchObject({ code: 'conflict', message: 'the lesson is over' });
    const stored = teaching.send({ op: 'lock', locked: true });
    server.store('lock', 12);
    expect(await stored).toBe(12);
    expect(teaching.fault).toBeNull();
  });
});

describe('the last step that two experiments share', () => {
  it('is that of the first edit that differs', () => {
    expect(sharedStep(withRate(0.1), withRate(0.1, [{ step: 7, run: 0, set: { lr: 1 } }]))).toBe(7);
  });

  it('is 0 for another start, another number of runs, or another rate from the start', () => {
    expect(sharedStep(withRate(0.1), withRate(0.2))).toBe(0);
    expect(sharedStep(withRate(0.1), { ...withRate(0.1), runs: [...withRate(0.1).runs, ...withRate(0.1).runs] })).toBe(0);
  });
});
