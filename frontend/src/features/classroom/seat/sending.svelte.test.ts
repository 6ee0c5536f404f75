// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activityPart, FakeRoomServer, roomFor } from '../../../core/classroom/fake-room.testing';
import type { Room } from '../../../core/classroom/room.svelte';
import type { Answer } from '../../../core/classroom/types';
import type { Experiment } from '../../../core/protocol/wire';
import type { Session } from '../../../core/session/types';
import { GivenAnswer } from './given-answer.svelte';
import { SentExperiment } from './sent-experiment.svelte';

let server: FakeRoomServer;
let room: Room;
let stop: () => void = () => {};

const ONE: Answer = { kind: 'choose', option: 1 };
const TWO: Answer = { kind: 'choose', option: 2 };
const MINE = { op: 'mine', number: 3, seat: 1, label: { en: 'red fox', zh: '红狐狸' }, name: '', answer: null, experiment: null } as const;

function inComponent<T>(make: () => T): T {
  let made: T | undefined;
  stop = $effect.root(() => void (made = make()));
  flushSync();
  return made as T;
}

/** Until promises have run, and the effects after them. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
}

async function backAgain(): Promise<void> {
  await vi.advanceTimersByTimeAsync(3000);
  server.accept();
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeRoomServer();
  room = roomFor(server, { now: () => Date.now() });
  server.accept();
  server.say(activityPart(2));
  server.say(MINE);
});

afterEach(() => {
  stop();
  room.close();
  vi.useRealTimers();
});

describe('an answer', () => {
  let given: GivenAnswer;
  beforeEach(() => void (given = inComponent(() => new GivenAnswer(room, 1))));

  it('counts once it is stored', async () => {
    given.give(ONE);
    await settle();
    expect([server.last('answer').answer, given.sending, given.counted]).toEqual([ONE, true, null]);
    server.store('answer', 4);
    await settle();
    expect([given.sending, given.counted]).toEqual([false, ONE]);
  });

  it('that was given while the connection was lost is sent when it is back', async () => {
    server.socket.drop();
    await settle();
    given.give(ONE);
    await settle();
    expect(server.count('answer')).toBe(0);
    await backAgain();
    expect(server.count('answer')).toBe(1);
    server.store('answer', 4);
    await settle();
    expect(given.counted).toEqual(ONE);
  });

  it('whose fate nobody knows is sent again', async () => {
    given.give(ONE);
    await settle();
    server.socket.drop();
    await settle();
    await backAgain();
    expect([server.count('answer'), server.last('answer').answer]).toEqual([2, ONE]);
  });

  it('that is changed on its way is followed by the latest', async () => {
    given.give(ONE);
    given.give(TWO);
    await settle();
    expect(server.count('answer')).toBe(1);
    server.store('answer', 4);
    await settle();
    expect([server.count('answer'), server.last('answer').answer, given.sending]).toEqual([2, TWO, true]);
    server.store('answer', 5);
    await settle();
    expect([given.counted, given.sending]).toEqual([TWO, false]);
  });

  it('that is refused says why, and is not sent again', async () => {
    given.give(ONE);
    await settle();
    server.refuse('answer', 'conflict', 'the question is closed');
    await settle();
    expect([given.fault, given.sending, given.counted, server.count('answer')]).toEqual(['the question is closed', false, null, 1]);
  });
});

describe('an explored experiment', () => {
  const rated = (lr: number): Experiment => ({
    version: 1, problem: { kind: 'surface', id: 'ravine', params: {} }, runs: [{ optimizer: { id: 'sgd', lr }, start: [1] }], edits: [],
  });
  let open = $state.raw(rated(0.1));
  let sent: SentExperiment;
  const session = { get experiment() { return open; } } as unknown as Session;

  const change = async (lr: number): Promise<void> => {
    open = rated(lr);
    await settle();
  };

  beforeEach(() => {
    open = rated(0.1);
    sent = inComponent(() => new SentExperiment(room, session, 1));
  });

  it('is not sent before it is changed', async () => {
    await settle();
    expect([server.count('explore'), sent.upToDate]).toEqual([0, false]);
  });

  it('is sent after a change, one at a time, the latest', async () => {
    await change(0.2);
    await change(0.3);
    await change(0.4);
    expect([server.count('explore'), server.last('explore').experiment.runs[0]?.optimizer['lr']]).toEqual([1, 0.2]);
    server.store('explore', 4);
    await settle();
    expect([server.count('explore'), server.last('explore').experiment.runs[0]?.optimizer['lr']]).toEqual([2, 0.4]);
    server.store('explore', 5);
    await settle();
    expect(sent.upToDate).toBe(true);
  });

  it('is sent again after a lost connection', async () => {
    await change(0.2);
    server.socket.drop();
    await settle();
    await backAgain();
    expect(server.count('explore')).toBe(2);
  });

  it('that is refused says why, and waits for the next change', async () => {
    await change(0.2);
    server.refuse('explore', 'invalid', 'may not be changed in this activity');
    await settle();
    expect([sent.fault, sent.upToDate, server.count('explore')]).toEqual(['may not be changed in this activity', false, 1]);
    await change(0.3);
    expect(server.count('explore')).toBe(2);
  });
});
