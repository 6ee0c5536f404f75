// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backoff } from './backoff';
import type { Probe, ServerState } from './probe';
import { Socket, TRY_AGAIN_LATER } from './socket';

/** What the page sees of a WebSocket; tests play the server. */
class FakeWebSocket {
  readyState = 0;
  binaryType = 'blob';
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  say(data: string | ArrayBuffer): void {
    this.onmessage?.({ data });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let made: FakeWebSocket[];
let told: string[];
let serverState: ServerState;
let asked: number;
let socket: Socket;
let visibility: DocumentVisibilityState;

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  told = [];
  serverState = 'there';
  asked = 0;
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  const probe: Probe = {
    ask: () => {
      asked += 1;
      return Promise.resolve(serverState);
    },
    close: () => told.push('probe closed'),
  };
  socket = new Socket({
    url: 'ws://here/api/live',
    probe,
    backoff: new Backoff(0.5, 30, () => 1),
    make: (url) => {
      const fake = new FakeWebSocket(url);
      made.push(fake);
      return fake as unknown as WebSocket;
    },
    onOpen: () => told.push('open'),
    onMessage: (message) => told.push(typeof message === 'string' ? message : `${message.byteLength} bytes`),
    onLost: (code) => told.push(code === 1006 ? 'lost' : `lost ${code}`),
    onFull: () => told.push('full'),
  });
});

afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

function newest(): FakeWebSocket {
  const fake = made.at(-1);
  if (!fake) throw new Error('no socket was made');
  return fake;
}

describe('Socket', () => {
  it('connects at once, without asking first', () => {
    expect(made.map((fake) => fake.url)).toEqual(['ws://here/api/live']);
    expect(asked).toBe(0);
    expect(socket.send('early')).toBe(false);
  });

  it('sends text and hands on both kinds of message', () => {
    newest().accept();
    expect(newest().binaryType).toBe('arraybuffer');
    expect(socket.send('hello')).toBe(true);
    expect(newest().sent).toEqual(['hello']);
    newest().say('{}');
    newest().say(new ArrayBuffer(8));
    expect(told).toEqual(['open', '{}', '8 bytes']);
  });

  it('comes back after half a second', async () => {
    newest().accept();
    newest().drop();
    expect(told).toEqual(['open', 'lost']);
    expect(socket.send('gone')).toBe(false);
    await vi.advanceTimersByTimeAsync(499);
    expect(made.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(made.length).toBe(2);
    newest().accept();
    expect(told).toEqual(['open', 'lost', 'open']);
  });

  it('tells why it was closed', () => {
    newest().accept();
    newest().drop(1009);
    expect(told).toEqual(['open', 'lost 1009']);
  });

  it('opens no socket while nobody answers, and waits twice as long each time, 30 s at most', async () => {
    newest().accept();
    serverState = 'gone';
    newest().drop();
    const waits = [];
    for (let n = 0, last = 0, passed = 0; n < 9; passed += 250) {
      await vi.advanceTimersByTimeAsync(250);
      if (asked === n) continue;
      n = asked;
      waits.push((passed + 250 - last) / 1000);
      last = passed + 250;
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
    expect(made.length).toBe(1);
    expect(told).toEqual(['open', 'lost']);
    serverState = 'there';
    await vi.advanceTimersByTimeAsync(30_000);
    expect(made.length).toBe(2);
  });

  it('waits longer for a server that accepts and hangs up, and shortly again after a message', async () => {
    for (const wait of [500, 1000, 2000]) {
      newest().accept();
      newest().drop();
      const before = made.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(made.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(made.length).toBe(before + 1);
    }
    newest().accept();
    newest().say('{}');
    newest().drop();
    await vi.advanceTimersByTimeAsync(500);
    expect(made.length).toBe(5);
  });

  it('waits longer each time for a full server, which says so before it hangs up', async () => {
    for (const wait of [500, 1000, 2000]) {
      newest().accept();
      newest().say('{"op":"error"}');
      newest().drop(TRY_AGAIN_LATER);
      const before = made.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(made.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(made.length).toBe(before + 1);
    }
  });

  it('opens no socket while the server answers that it is full', async () => {
    serverState = 'full';
    newest().drop();
    await vi.advanceTimersByTimeAsync(1600);
    expect(told).toEqual(['lost', 'full', 'full']);
    expect(made.length).toBe(1);
    serverState = 'there';
    await vi.advanceTimersByTimeAsync(2000);
    expect(made.length).toBe(2);
  });

  it.each([
    ['the network is back', () => dispatchEvent(new Event('online'))],
    ['someone looks', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('comes back at once when %s', async (_, happen) => {
    newest().accept();
    newest().drop();
    happen();
    await vi.advanceTimersByTimeAsync(0);
    expect(made.length).toBe(2);
    happen(); // a connection is under way: nothing more
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.length).toBe(2);
  });

  it('does not hurry for a tab that is hidden', async () => {
    newest().drop();
    visibility = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(made.length).toBe(1);
  });

  it('ends for good', async () => {
    newest().accept();
    socket.close();
    newest().drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.length).toBe(1);
    expect(told).toEqual(['open', 'probe closed']);
  });
});

describe('Backoff', () => {
  it('has jitter: at least half of the wait, never more than all', () => {
    expect(new Backoff(0.5, 30, () => 0).next()).toBe(250);
    expect(new Backoff(0.5, 30, () => 0.5).next()).toBe(375);
    const backoff = new Backoff(0.5, 30, () => 1);
    expect([backoff.next(), backoff.next()]).toEqual([500, 1000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });
});
