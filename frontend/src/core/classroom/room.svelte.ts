/**
 * A room as one of its clients sees it: the parts that the server sends, each whole and in place of the one before, and
 * the commands. Connects and joins by itself, again and again, until it has left or was refused.
 */
import { language } from '../browser/language';
import type { Lead } from '../player/lead';
import { Backoff } from '../protocol/backoff';
import type { Probe } from '../protocol/probe';
import { Socket } from '../protocol/socket';
import { leadAt } from './lead';
import { ServerClock } from './server-clock';
import type { CloudEntry, Role, RoomCommandBody, RoomEvent, RoomEventOf } from './types';

/** Seconds: the longest wait between two tries. A class must be back soon after its server is. */
const LONGEST_WAIT = 3;
/** Milliseconds between questions for the time, while it is unknown and later; without an answer for so long, the connection is dead. */
const CLOCK_FIRST = 300;
const CLOCK_LATER = 10_000;
const DEAD = 6_000;
/** Questions for the time that are asked quickly. */
const QUICK = 4;

const NO_ENTRIES: ReadonlyMap<number, CloudEntry> = new Map();

/** Why a command had no effect. code: of the protocol's errors, or `lost`: nobody knows, since the connection broke. */
export class RoomRefused extends Error {
  override readonly name = 'RoomRefused';

  constructor(readonly code: RoomEventOf<'error'>['code'] | 'lost', message: string, readonly field: string) {
    super(message);
  }
}

export interface RoomOptions {
  readonly code: string;
  readonly role: Role;
  readonly secret: string;
  /** Of a new seat, where names are asked for. */
  readonly name?: string;
  /** Absolute, ws: or wss:. */
  readonly url: string;
  readonly probe?: Probe;
  readonly make?: (url: string) => WebSocket;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

interface Waiting {
  readonly sent: number;
  readonly op: RoomCommandBody['op'];
  resolve(number: number): void;
  reject(reason: RoomRefused): void;
}

export class Room {
  // --- reactive: the parts, null until they have come ---
  room = $state.raw<RoomEventOf<'room'> | null>(null);
  activity = $state.raw<RoomEventOf<'activity'> | null>(null);
  mine = $state.raw<RoomEventOf<'mine'> | null>(null);
  counts = $state.raw<RoomEventOf<'counts'> | null>(null);
  seats = $state.raw<RoomEventOf<'seats'> | null>(null);
  lesson = $state.raw<RoomEventOf<'lesson'> | null>(null);
  invitation = $state.raw<RoomEventOf<'invitation'> | null>(null);
  /** Why this client is not in the room any more. */
  left = $state.raw<RoomEventOf<'left'>['why'] | null>(null);
  /** Why the room could not be joined. */
  refused = $state.raw<RoomRefused | null>(null);
  connection = $state.raw<'connecting' | 'live' | 'lost'>('connecting');
  /** The device may have slept, so that `lead` may be wrong until the server has said its time again. */
  doubtful = $state.raw(false);

  private lastPlay = $state.raw<RoomEventOf<'play'> | null>(null);
  private lastResults = $state.raw<RoomEventOf<'results'> | null>(null);
  private lastShown = $state.raw<RoomEventOf<'shown'> | null>(null);
  private lastCloud = $state.raw({ activity_number: 0, entries: NO_ENTRIES });

  private readonly socket: Socket;
  private readonly clock: ServerClock;
  private readonly now: () => number;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  /** The parts that have come on this connection. */
  private readonly heard = new Set<RoomEvent['op']>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(private readonly options: RoomOptions) {
    this.now = options.now ?? (() => performance.now());
    this.clock = new ServerClock(this.now);
    this.socket = new Socket({
      url: options.url,
      backoff: new Backoff(0.5, LONGEST_WAIT),
      ...(options.probe && { probe: options.probe }),
      ...(options.make && { make: options.make }),
      onOpen: () => this.join(),
      onMessage: (message) => this.receive(JSON.parse(String(message)) as RoomEvent),
      onLost: () => this.lost(),
      onFull: () => {},
    });
    document.addEventListener('visibilitychange', this.seen);
  }

  get code(): string {
    return this.options.code;
  }

  get role(): Role {
    return this.options.role;
  }

  // Parts of an activity that is over do not count.

  get play(): RoomEventOf<'play'> | null {
    return this.ofNow(this.lastPlay);
  }

  get results(): RoomEventOf<'results'> | null {
    return this.ofNow(this.lastResults);
  }

  get shown(): RoomEventOf<'shown'> | null {
    return this.ofNow(this.lastShown);
  }

  /** In `explore`: every seat's run, by the seat's number. */
  get cloud(): ReadonlyMap<number, CloudEntry> {
    return this.ofNow(this.lastCloud)?.entries ?? NO_ENTRIES;
  }

  /** The teacher's play head at this moment. Reads the reactive fields. */
  lead(): Lead {
    return leadAt(this.play?.playing ?? null, this.activity?.activity?.until ?? Infinity, this.clock.now());
  }

  /** Resolves with the number of the room's event, once it is stored. Rejects with `RoomRefused`. Nothing is queued. */
  send(command: RoomCommandBody): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.connection !== 'live') return reject(new RoomRefused('lost', '', ''));
      this.post(command, resolve, reject);
    });
  }

  close(): void {
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.seen);
    this.socket.close();
    this.forgetWaiting();
  }

  private post(command: RoomCommandBody, resolve: Waiting['resolve'] = () => {}, reject: Waiting['reject'] = () => {}): void {
    this.lastId += 1;
    this.waiting.set(this.lastId, { sent: this.now(), op: command.op, resolve, reject });
    this.socket.send(JSON.stringify({ ...command, id: this.lastId, language: language() }));
  }

  private join(): void {
    const { code, role, secret, name } = this.options;
    this.heard.clear();
    // All parts again: they are small, and a connection may have broken between two of the same moment.
    this.post({ op: 'join', code, role, secret, name: name ?? null });
    this.watchOver(DEAD);
  }

  private lost(): void {
    clearTimeout(this.timer);
    this.connection = 'lost';
    this.forgetWaiting();
  }

  private forgetWaiting(): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of waiting) one.reject(new RoomRefused('lost', '', ''));
  }

  // --- time ---

  private askTime(): void {
    this.asked += 1;
    this.post({ op: 'clock' });
    this.watchOver(DEAD);
  }

  /** Without an answer within so many milliseconds, the connection is dead. */
  private watchOver(wait: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.socket.drop(), wait);
  }

  private timed(time: number, sent: number): void {
    this.clock.measure(time, sent);
    this.doubtful = false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.askTime(), this.asked < QUICK ? CLOCK_FIRST : CLOCK_LATER);
  }

  /** The device may have slept: its clock stood still then, and its connection may be dead. */
  private readonly seen = (): void => {
    if (document.visibilityState === 'hidden' || this.connection !== 'live') return;
    this.clock.doubt();
    this.doubtful = true;
    this.asked = 0;
    this.askTime();
  };

  // --- from the server ---

  private receive(event: RoomEvent): void {
    switch (event.op) {
      case 'joined':
        this.asked = 0;
        this.timed(event.time, this.settled(event.id)?.sent ?? this.now());
        this.connection = 'live';
        break;
      case 'time': {
        const asked = this.settled(event.id);
        if (asked) this.timed(event.time, asked.sent);
        break;
      }
      case 'done':
        this.settled(event.id)?.resolve(event.number);
        break;
      case 'error':
        this.error(event);
        break;
      case 'left':
        this.left = event.why;
        this.close();
        break;
      default:
        this.part(event);
        this.heard.add(event.op);
    }
  }

  private part(event: Exclude<RoomEvent, { op: 'joined' | 'time' | 'done' | 'error' | 'left' }>): void {
    switch (event.op) {
      case 'activity':
        this.begun(event);
        break;
      case 'play':
        this.lastPlay = event;
        break;
      case 'results':
        this.lastResults = event;
        break;
      case 'shown':
        this.lastShown = event;
        break;
      case 'cloud': {
        const { activity_number, all, entries } = event;
        const before = all || activity_number !== this.lastCloud.activity_number ? NO_ENTRIES : this.lastCloud.entries;
        this.lastCloud = { activity_number, entries: new Map([...before, ...entries.map((entry) => [entry.seat, entry] as const)]) };
        break;
      }
      case 'room':
        this.room = event;
        break;
      case 'mine':
        this.mine = event;
        break;
      case 'counts':
        this.counts = event;
        break;
      case 'seats':
        this.seats = event;
        break;
      case 'lesson':
        this.lesson = event;
        break;
      case 'invitation':
        this.invitation = event;
    }
  }

  /** In a new activity nobody has answered or explored yet; what `mine` said before was of the one before. */
  private begun(event: RoomEventOf<'activity'>): void {
    if (event.activity_number !== this.activity?.activity_number) {
      const newer = this.heard.has('mine') && !this.heard.has('activity');
      if (this.mine && !newer) this.mine = { ...this.mine, answer: null, experiment: null };
    }
    this.activity = event;
  }

  private error({ id, code, message, field }: RoomEventOf<'error'>): void {
    const command = this.settled(id);
    const reason = new RoomRefused(code, message, field ?? '');
    if (command?.op !== 'join') return command?.reject(reason);
    if (code === 'busy') return this.socket.drop(); // tried again
    this.refused = reason;
    this.close();
  }

  private settled(id: number): Waiting | undefined {
    const command = this.waiting.get(id);
    this.waiting.delete(id);
    return command;
  }

  private ofNow<T extends { activity_number: number }>(part: T | null): T | null {
    return part?.activity_number === this.activity?.activity_number ? part : null;
  }
}
