// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activityPart, FakeRoomServer, roomFor } from './fake-room.testing';
import type { Room } from './room.svelte';

let server: FakeRoomServer;
let room: Room;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  server = new FakeRoomServer();
  room = roomFor(server, { now: () => Date.now() });
});

afterEach(() => {
  room.close();
  vi.useRealTimers();
});

const MINE = { op: 'mine', number: 3, seat: 1, label: { en: 'red fox', zh: '红狐狸' }, name: '', answer: null, experiment: null } as const;

describe('a room', () => {
  it('joins as soon as it is connected, and takes the parts', () => {
    server.socket.open();
    expect(server.last('join')).toMatchObject({ code: 'ACDEFG', role: 'seat', name: null });
    expect(room.connection).toBe('connecting');
    server.accept();
    server.say(activityPart(2));
    server.say(MINE);
    expect([room.connection, room.activity?.number, room.mine?.label.en]).toEqual(['live', 2, 'red fox']);
  });

  it('resolves a command with its number once it is stored, and rejects it with the reason', async () => {
    server.accept();
    const sent = room.send({ op: 'rename', name: 'Ada' });
    server.store('rename', 9);
    expect(await sent).toBe(9);
    const refused = room.send({ op: 'rename', name: '' });
    server.refuse('rename', 'conflict', 'this room has no names', 'name');
    await expect(refused).rejects.toMatchObject({ code: 'conflict', message: 'this room has no names', field: 'name' });
  });

  it('comes back by itself, joins as the same seat, and rejects what nobody knows the fate of', async () => {
    server.accept();
    const sent = room.send({ op: 'rename', name: 'Ada' });
    server.socket.drop();
    await expect(sent).rejects.toMatchObject({ code: 'lost' });
    await expect(room.send({ op: 'rename', name: 'Ada' })).rejects.toMatchObject({ code: 'lost' });
    expect(room.connection).toBe('lost');
    await vi.advanceTimersByTimeAsync(500);
    server.accept();
    expect([server.sockets.length, server.count('join'), room.connection]).toEqual([2, 2, 'live']);
    expect(server.last('join').secret).toBe('x'.repeat(32));
  });

  it('tries every three seconds at the latest', async () => {
    server.accept();
    for (let tries = 1; tries < 8; tries++) {
      server.socket.drop();
      await vi.advanceTimersByTimeAsync(3000);
      expect(server.sockets.length).toBeGreaterThan(tries);
    }
  });

  it('takes a connection for dead that does not answer the question for the time', async () => {
    server.accept();
    await vi.advanceTimersByTimeAsync(300);
    expect(server.count('clock')).toBe(1);
    await vi.advanceTimersByTimeAsync(5999);
    expect(room.connection).toBe('live');
    await vi.advanceTimersByTimeAsync(1);
    expect(room.connection).toBe('lost');
    await vi.advanceTimersByTimeAsync(500);
    expect(server.sockets.length).toBe(2);
  });

  it('asks for the time as soon as its page is seen again, and drops a connection that is dead by then', async () => {
    server.accept();
    await vi.advanceTimersByTimeAsync(300);
    server.say({ op: 'time', id: server.last('clock').id ?? 0, time: server.time });
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.count('clock')).toBe(1);
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    expect(server.count('clock')).toBe(2);
    await vi.advanceTimersByTimeAsync(6000);
    expect(room.connection).toBe('lost');
    visibility.mockRestore();
  });

  it('says the language of the page with each command', async () => {
    server.accept();
    expect(server.last('join').language).toBe('en');
    document.documentElement.lang = 'zh-CN';
    await vi.advanceTimersByTimeAsync(300);
    document.documentElement.lang = 'en';
    expect(server.last('clock').language).toBe('zh');
  });

  it('asks for the time a few times, then seldom', async () => {
    const answer = (): void => server.say({ op: 'time', id: server.last('clock').id ?? 0, time: server.time });
    server.accept();
    for (let n = 1; n <= 4; n++) {
      await vi.advanceTimersByTimeAsync(300);
      expect(server.count('clock')).toBe(n);
      answer();
    }
    await vi.advanceTimersByTimeAsync(9999);
    expect(server.count('clock')).toBe(4);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.count('clock')).toBe(5);
  });

  it('computes the head from the play part and the server’s clock, up to the last step', async () => {
    server.accept(); // at the server's time, without a delay
    server.say(activityPart(2));
    expect(room.lead()).toEqual({ step: 0, speed: 0 });
    server.say({ op: 'play', number: 3, activity_number: 1, playing: { step: 10, speed: 20, at: server.time } });
    await vi.advanceTimersByTimeAsync(250);
    expect(room.lead()).toEqual({ step: 15, speed: 20 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(room.lead()).toEqual({ step: 100, speed: 0 });
  });

  it('lets go of what belongs to an activity when another begins', () => {
    server.accept();
    server.say(activityPart(2));
    server.say({ ...MINE, answer: { kind: 'choose', option: 1 } });
    server.say({ op: 'play', number: 3, activity_number: 1, playing: { step: 10, speed: 20, at: server.time } });
    server.say({ op: 'results', number: 4, activity_number: 1, spread: { kind: 'choose', counts: [1] }, truth: null, failed: null });
    expect([room.mine?.answer, room.play?.number, room.results?.number]).toEqual([{ kind: 'choose', option: 1 }, 3, 4]);
    server.say(activityPart(5, { activity_number: 2 }));
    expect([room.mine?.answer, room.play, room.results, room.mine?.seat]).toEqual([null, null, null, 1]);
  });

  it('keeps its answer through the phases of a question, and when it joins again', async () => {
    server.accept();
    server.say(activityPart(2, { phase: 'open' }));
    server.say({ ...MINE, answer: { kind: 'choose', option: 1 } });
    server.say(activityPart(4, { phase: 'closed' }));
    expect(room.mine?.answer).toEqual({ kind: 'choose', option: 1 });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(500);
    server.accept();
    server.say({ ...MINE, number: 6, answer: { kind: 'choose', option: 0 } }); // of an activity that began meanwhile
    server.say(activityPart(5, { activity_number: 2, phase: 'open' }));
    expect(room.mine?.answer).toEqual({ kind: 'choose', option: 0 });
  });

  it('adds to the cloud what is new, and replaces it as a whole', () => {
    const entry = (seat: number, lr: number) => ({
      seat, label: { en: '', zh: '' }, name: '', lr, momentum: null, start: null, step: 1, loss: 1, outcome: 'slow' as const, verdict: '',
      steps: [], losses: [], path: [],
    });
    const rates = (): unknown => [...room.cloud.values()].map(({ seat, lr }) => [seat, lr]);
    server.accept();
    server.say(activityPart(2));
    server.say({ op: 'cloud', activity_number: 1, all: true, entries: [entry(1, 0.1), entry(2, 0.2)] });
    server.say({ op: 'cloud', activity_number: 1, all: false, entries: [entry(2, 0.5), entry(3, 0.3)] });
    expect(rates()).toEqual([[1, 0.1], [2, 0.5], [3, 0.3]]);
    server.say({ op: 'cloud', activity_number: 1, all: true, entries: [entry(3, 0.3)] });
    expect(rates()).toEqual([[3, 0.3]]);
    server.say(activityPart(9, { activity_number: 2 }));
    expect(rates()).toEqual([]);
  });

  it('stays out once it has left, and where it was refused', async () => {
    server.accept();
    server.say({ op: 'left', why: 'removed' });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([room.left, server.sockets.length]).toEqual(['removed', 1]);

    const other = new FakeRoomServer();
    const locked = roomFor(other);
    other.socket.open();
    other.refuse('join', 'conflict', 'the room is locked');
    other.socket.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([locked.refused?.message, other.sockets.length]).toEqual(['the room is locked', 1]);
  });

  it('tries again where the server is busy', async () => {
    server.socket.open();
    server.refuse('join', 'busy');
    expect(room.refused).toBe(null);
    await vi.advanceTimersByTimeAsync(3000);
    expect(server.sockets.length).toBe(2);
  });
});
