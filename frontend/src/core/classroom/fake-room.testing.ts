/** A room's server for tests: keeps what was sent, and says what a test tells it to. */
import { Room, type RoomOptions } from './room.svelte';
import type { RoomCommand, RoomCommandBody, RoomEvent } from './types';

export class FakeRoomServer {
  readonly received: RoomCommand[] = [];
  /** The sockets that the page has made, the newest last. */
  readonly sockets: FakeSocket[] = [];
  /** Milliseconds since 1970. */
  time = 1_000_000;

  readonly make = (): WebSocket => {
    const socket = new FakeSocket((text) => this.received.push(JSON.parse(text) as RoomCommand));
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  };

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was made');
    return socket;
  }

  /** The last command with this op. */
  last<Op extends RoomCommandBody['op']>(op: Op): Extract<RoomCommand, { op: Op }> {
    const command = this.received.findLast((one) => one.op === op);
    if (!command) throw new Error(`no ${op} was sent`);
    return command as Extract<RoomCommand, { op: Op }>;
  }

  count(op: RoomCommandBody['op']): number {
    return this.received.filter((one) => one.op === op).length;
  }

  say(event: RoomEvent): void {
    this.socket.onmessage?.({ data: JSON.stringify(event) });
  }

  /** Accepts the connection and the join. */
  accept(): void {
    this.socket.open();
    const { id = 0, role, code } = this.last('join');
    this.say({ op: 'joined', id, role, code, time: this.time });
  }

  /** Answers the last command with this op: stored. */
  store(op: RoomCommandBody['op'], number: number): void {
    this.say({ op: 'done', id: this.last(op).id ?? 0, number });
  }

  refuse(op: RoomCommandBody['op'], code: Extract<RoomEvent, { op: 'error' }>['code'], message = 'no', field: string | null = null): void {
    this.say({ op: 'error', id: this.last(op).id ?? 0, code, message, field, step: null, column: null });
  }
}

class FakeSocket {
  readyState = 0;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly send: (text: string) => void) {}

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  close(): void {
    this.readyState = 3;
  }

  /** The connection breaks. */
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export function roomFor(server: FakeRoomServer, options: Partial<RoomOptions> = {}): Room {
  return new Room({ code: 'ACDEFG', role: 'seat', secret: 'x'.repeat(32), url: 'ws://here/api/room', make: server.make, ...options });
}

/** What a watched experiment is in these tests. */
export function activityPart(number: number, changes: Partial<Extract<RoomEvent, { op: 'activity' }>> = {}): Extract<RoomEvent, { op: 'activity' }> {
  const experiment = { version: 1 as const, problem: { kind: 'surface' as const, id: 'ravine', params: {} }, runs: [{ optimizer: { id: 'sgd', lr: 0.1 }, start: [1] }] };
  return {
    op: 'activity', number, activity_number: 1, activity: { kind: 'watch', experiment, until: 100, returns: true },
    same_until: null, phase: null, title: null, ...changes,
  };
}
