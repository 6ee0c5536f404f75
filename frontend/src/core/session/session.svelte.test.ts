// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CATALOG } from '../experiment/catalog.testing';
import { fromHash, toHash } from '../experiment/url-hash';
import type { Experiment } from '../protocol/wire';
import { experimentOf, FakeServer } from './fake-server.testing';
import { createSession } from './session.svelte';
import type { DrawState } from './types';

/** The page's side of a connection to the fake server; binary messages are handed over as they are. */
class FakeWebSocket {
  static newest: FakeWebSocket;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeWebSocket.newest = this;
  }

  send(text: string): void {
    server.send(text);
  }

  close(): void {
    this.readyState = 3;
  }
}

class FakeWorker extends EventTarget {
  postMessage(): void {
    queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: 'there' })));
  }

  terminate(): void {}
}

// The decoder has its own test: here events pass as they are.
vi.mock('../protocol/decode', () => ({ decodeEvent: (event: unknown) => event }));

let server: FakeServer;
let session: ReturnType<typeof createSession>;
let frame: FrameRequestCallback | null;
let now: number;
let visibility: DocumentVisibilityState;
let failed: ReturnType<typeof vi.fn>;

/** Timers and the clock, not the display's frames: those are `frames`. */
function fakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
}

beforeEach(() => {
  fakeTime();
  now = 0;
  frame = null;
  visibility = 'visible';
  failed = vi.fn();
  history.replaceState(null, '', '/deep/path/');
  document.documentElement.lang = 'en';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  vi.stubGlobal('WebSocket', FakeWebSocket);
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(CATALOG)));
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => {
    frame = callback;
    return 1;
  });
  vi.stubGlobal('cancelAnimationFrame', () => (frame = null));
  vi.stubGlobal('reportError', failed);
  server = new FakeServer((event) => FakeWebSocket.newest.onmessage?.({ data: event }));
});

afterEach(() => {
  session.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Time passes, and the server serves. */
async function pass(milliseconds: number): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    server.settle();
    await vi.advanceTimersByTimeAsync(milliseconds / 5);
  }
}

/** Waits for what other threads do: compression is not of the time that tests move. */
async function until(done: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    server.settle();
    expect(done()).toBe(true);
  }, 10_000);
}

function frames(count: number): void {
  for (let n = 0; n < count && frame; n += 1) {
    now += 1000 / 60;
    vi.advanceTimersByTime(1000 / 60);
    const due = frame;
    frame = null;
    due(now);
    server.settle();
  }
}

async function start(): Promise<void> {
  session = createSession();
  FakeWebSocket.newest.readyState = 1;
  FakeWebSocket.newest.onopen?.();
  await until(() => session.experiment !== null);
  await pass(0);
}

describe('the session', () => {
  it('plays the opening experiment by itself, over the socket beside the page', async () => {
    await start();
    expect(FakeWebSocket.newest.url).toBe('ws://localhost:3000/deep/path/api/live');
    expect(session.catalog).toEqual(CATALOG);
    expect(session.experiment?.problem).toMatchObject({ id: 'ravine' });
    expect(session.visible).toEqual([true, true]);
    expect([session.device, session.torch, session.connection]).toEqual(['cpu', '2.13.0', 'live']);
    frames(60);
    expect(session.playing).toBe(true);
    expect(session.head).toBeGreaterThanOrEqual(9);
    expect(session.last).toBeGreaterThan(session.head);
    expect(location.hash).toBe('');
  });

  it('draws once a frame at most, and not at all when nothing changes', async () => {
    await start();
    const drawn: DrawState[] = [];
    const stop = session.onFrame((picture) => drawn.push(picture));
    frames(1);
    expect(drawn.length).toBe(1);
    session.setSpeed(1);
    frames(5);
    const slow = drawn.length;
    frames(55); // the display goes on, but there is one step to see
    expect(drawn.length - slow).toBeLessThan(5);
    session.pause();
    frames(10);
    const before = drawn.length;
    expect(frame).toBeNull(); // the display's beat is at rest
    session.seek(2);
    session.seek(3);
    session.seek(1);
    frames(10);
    expect(drawn.length).toBe(before + 1);
    expect(drawn.at(-1)?.head).toBe(1);
    session.select(1);
    frames(10);
    session.setVisible(0, false);
    frames(10);
    expect(drawn.length).toBe(before + 3);
    expect(drawn.at(-1)).toMatchObject({ selected: 1, visible: [false, true] });
    stop();
    session.seek(0);
    frames(10);
    expect(drawn.length).toBe(before + 3);
  });

  it('goes on where it was after a rest', async () => {
    await start();
    frames(60);
    session.pause();
    frames(10);
    const { head } = session;
    now += 60_000;
    session.setSpeed(1000);
    session.play();
    frames(1);
    expect(session.head).toBe(head);
    frames(1);
    expect(session.head).toBeGreaterThan(head);
  });

  it('tells those who read its fields at most once a frame', async () => {
    await start();
    session.setSpeed(Infinity);
    let runs = 0;
    const stop = $effect.root(() => {
      $effect(() => {
        void [session.head, session.last, session.playing, session.experiment];
        runs += 1;
      });
    });
    flushSync();
    for (let n = 0; n < 20; n += 1) {
      const before = runs;
      frames(1);
      server.settle();
      flushSync();
      expect(runs - before).toBeLessThanOrEqual(1);
    }
    expect(runs).toBeGreaterThan(10);
    stop();
  });

  it('lets one drawing fail alone', async () => {
    await start();
    const drawn = vi.fn();
    session.onFrame(() => {
      throw new Error('cannot draw');
    });
    session.onFrame(drawn);
    frames(3);
    expect(drawn).toHaveBeenCalled();
    expect(failed).toHaveBeenCalled();
  });

  it('makes nothing while the tab is hidden', async () => {
    await start();
    frames(30);
    visibility = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(60_000);
    const grants = server.of('advance').length;
    await pass(60_000);
    expect(server.of('advance').length).toBe(grants);
    const { head } = session;
    visibility = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    now += 600_000;
    frames(2);
    expect(session.head - head).toBeLessThanOrEqual(1);
    frames(60);
    expect(session.head).toBeGreaterThan(head + 5);
  });

  it('answers questions with grids', async () => {
    await start();
    const asked = session.surface([[0, 1]], [3]);
    server.answer();
    expect(await asked).toEqual({ bounds: [[0, 1]], nx: 3, ny: 1, z: new Float32Array([1, NaN, Infinity]) });
  });

  it('says whether what the sender of a link saw is seen here, until something is changed', async () => {
    await start();
    await pass(0);
    frames(60);
    const { hash } = session.fingerprint() ?? {};
    expect(hash).toMatch(/^[0-9a-f]{10}$/);
    const step = session.head;
    for (const there of [hash ?? '', '0123456789']) {
      location.hash = await toHash({ experiment: session.experiment as Experiment, step, hash: there });
      await until(() => session.claim !== null && session.claim.there === there);
      for (let n = 0; n < 20 && session.claim?.here === null; n += 1) frames(5);
      expect(session.claim).toEqual({ step, there, here: hash });
      expect(session.fingerprint()).toEqual({ step, hash });
    }
    session.edit({ run: 0, set: { lr: 0.01 } });
    expect(session.claim).toBeNull();
  });

  it('says that the connection is lost and comes back by itself', async () => {
    await start();
    frames(30);
    const { head } = session;
    server.forget();
    FakeWebSocket.newest.readyState = 3;
    FakeWebSocket.newest.onclose?.({ code: 1006 });
    expect(session.connection).toBe('lost');
    const old = FakeWebSocket.newest;
    await pass(1000);
    expect(FakeWebSocket.newest).not.toBe(old);
    FakeWebSocket.newest.readyState = 1;
    FakeWebSocket.newest.onopen?.();
    server.settle();
    expect(session.connection).toBe('live');
    frames(60);
    expect(session.head).toBeGreaterThan(head + 5);
    expect(server.of('open').length).toBe(2);
  });

  it('tries every three seconds at the latest in a room', async () => {
    session = createSession(true);
    for (let tries = 0; tries < 8; tries += 1) {
      const last = FakeWebSocket.newest;
      last.readyState = 3;
      last.onclose?.({ code: 1006 });
      await pass(3000);
      expect(FakeWebSocket.newest).not.toBe(last);
    }
  });
});

describe('the address', () => {
  it('holds what the user changed, and the step', async () => {
    await start();
    frames(60);
    session.pause();
    await until(() => location.hash !== '');
    const address = await fromHash(location.hash);
    expect(address?.step).toBe(session.head);
    expect(address?.experiment).toEqual(session.experiment);
    const before = location.hash;
    session.edit({ run: 1, set: { lr: 0.7 } });
    frames(3);
    await until(() => location.hash !== before);
    expect((await fromHash(location.hash))?.experiment.edits?.[0]).toMatchObject({ run: 1, set: { lr: 0.7 } });
    expect(location.pathname).toBe('/deep/path/');
  });

  it('is opened at its step, paused there', async () => {
    history.replaceState(null, '', `#${await toHash({ experiment: experimentOf(0.3), step: 42 })}`);
    await start();
    frames(10);
    expect(session.experiment).toEqual(experimentOf(0.3));
    expect(session.head).toBe(42);
    expect(session.playing).toBe(false);
  });

  it('gives the runs the marks that they had', async () => {
    for (const [asked, given] of [[[4, 1], [4, 1]], [[3], [3, 0]], [[2, 2, 5], [2, 0]], [[9, 1], [0, 1]]] as const) {
      history.replaceState(null, '', `#${await toHash({ experiment: experimentOf(0.3, 2), step: 42, marks: asked })}`);
      await start();
      expect(session.marks).toEqual(given);
      expect(session.visible).toEqual([true, true]);
      session.close();
    }
  });

  it('that is broken is said, and the opening experiment plays', async () => {
    history.replaceState(null, '', '#x=AAAAbroken&step=3');
    await start();
    expect(session.fault?.code).toBe('bad_address');
    expect(session.experiment?.problem).toMatchObject({ id: 'ravine' });
    expect(session.playing).toBe(true);
    session.clearFault();
    expect(session.fault).toBeNull();
  });

  it('that the server refuses is said, and the opening experiment plays', async () => {
    history.replaceState(null, '', `#${await toHash({ experiment: experimentOf(0.3), step: 42 })}`);
    server.refusal = { field: 'runs[0].start', message: 'needs 2 numbers' };
    await start();
    expect(session.fault).toMatchObject({ field: 'runs[0].start', message: 'needs 2 numbers' });
    expect(session.experiment?.problem).toMatchObject({ id: 'ravine' });
    expect(session.playing).toBe(true);
    frames(30);
    expect(session.head).toBeGreaterThan(0);
  });

  it('that the user pastes into the open page is opened', async () => {
    await start();
    history.replaceState(null, '', `#${await toHash({ experiment: experimentOf(0.8), step: 0 })}`);
    dispatchEvent(new HashChangeEvent('hashchange'));
    await until(() => session.experiment?.runs.length === 1);
    expect(session.experiment).toEqual(experimentOf(0.8));
  });
});
