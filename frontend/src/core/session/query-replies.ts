/** Queries to the server: each has one reply, matched by the number of its command. */
import type { CommandBody, EventOf, ServerEvent } from '../protocol/wire';
import { ConnectionLost } from './faults';

/** The `op` of each query and of its reply. */
const REPLY_OPS = {
  surface: 'surface',
  inspect: 'inspected',
  points: 'points',
  data: 'data',
  fit: 'fit',
  rates: 'rates',
  preview: 'preview',
  plane: 'plane',
  graph: 'graph',
  neurons: 'neurons',
  check: 'checked',
  check_engine: 'engine_checked',
  rehearse: 'rehearsed',
  try_scaling: 'scaling_tried',
  sweep: 'tile',
} as const satisfies Partial<Record<CommandBody['op'], ServerEvent['op']>>;

type QueryOp = keyof typeof REPLY_OPS;
type ReplyTo<Op extends QueryOp> = EventOf<(typeof REPLY_OPS)[Op]>;
export type Query = Extract<CommandBody, { op: QueryOp }>;
/** What is not the reply to a query. */
export type OtherEvent = Exclude<ServerEvent, { op: ReplyTo<QueryOp>['op'] }>;

interface Pending {
  readonly query: Query;
  /** Number of the command; 0 while it has not been sent. */
  id: number;
  /** Connections that were lost while it waited for its reply. */
  losses: number;
  resolve(reply: unknown): void;
  reject(reason: Error): void;
  /** Of an answer in several parts: called with each. */
  readonly part: ((reply: EventOf<'tile'>) => void) | undefined;
}

export class QueryReplies {
  private pending: Pending[] = [];

  /** post: sends a command and returns its number, or 0 when nothing can be sent now. */
  constructor(private readonly post: (command: CommandBody) => number) {}

  /**
   * A query that cannot be sent now goes out with the next `resend`. Rejects with `Refused` or `ConnectionLost`.
   *
   * part: called with each tile of a sweep; the promise has the last one.
   */
  ask<Q extends Query>(query: Q, part?: Pending['part']): Promise<ReplyTo<Q['op']>> {
    const reply = new Promise<ReplyTo<Q['op']>>((resolve, reject) => {
      this.pending.push({ query, id: this.post(query), losses: 0, resolve: resolve as Pending['resolve'], reject, part });
    });
    reply.catch(() => {}); // the caller may be gone by then
    return reply;
  }

  /** Whether one waits until it can be sent. */
  get waiting(): boolean {
    return this.pending.some(({ id }) => id === 0);
  }

  /** Takes the reply to a query; returns any other event. */
  settle(event: ServerEvent): OtherEvent | null {
    if (!isReply(event)) return event;
    if (event.op === 'tile') {
      this.pending.find(({ id }) => id === event.id)?.part?.(event);
      if (event.number < event.count - 1) return null;
    }
    this.remove(event.id)?.resolve(event);
    return null;
  }

  /** Cancels the sweep that is being answered, whose query is rejected. */
  cancelSweep(): void {
    const unsent = this.pending.filter(({ id, query }) => id === 0 && query.op === 'sweep');
    this.pending = this.pending.filter((pending) => !unsent.includes(pending));
    for (const { reject } of unsent) reject(new ConnectionLost());
    if (this.pending.some(({ query }) => query.op === 'sweep')) this.post({ op: 'cancel_sweep' });
  }

  /** Rejects the query with this number; returns whether there is one. */
  refuse(id: number, reason: Error): boolean {
    const refused = this.remove(id);
    refused?.reject(reason);
    return refused !== undefined;
  }

  /** The connection is gone: a query that had been sent is sent once more on the next one, then rejected. */
  lost(): void {
    for (const pending of this.pending) {
      if (pending.id === 0) continue;
      pending.id = 0;
      pending.losses += 1;
      if (pending.losses > 1) pending.reject(new ConnectionLost());
    }
    this.pending = this.pending.filter(({ losses }) => losses <= 1);
  }

  resend(): void {
    for (const pending of this.pending) if (pending.id === 0) pending.id = this.post(pending.query);
  }

  private remove(id: number): Pending | undefined {
    const found = id === 0 ? undefined : this.pending.find((pending) => pending.id === id);
    this.pending = this.pending.filter((pending) => pending !== found);
    return found;
  }
}

function isReply(event: ServerEvent): event is ReplyTo<QueryOp> {
  return Object.values<string>(REPLY_OPS).includes(event.op);
}
