/** Queries that have one answer each, matched by the number of their command. */
import type { Ask } from '../protocol/wire';
import { ConnectionLost } from './faults';

interface Waiting<Reply> {
  readonly ask: Ask;
  /** Number of the command; 0 while it has not been sent. */
  id: number;
  /** Connections that were lost while it waited for its answer. */
  losses: number;
  resolve(reply: Reply): void;
  reject(reason: Error): void;
}

export class Replies<Reply extends { id: number }> {
  private waiting: Waiting<Reply>[] = [];

  /** post: sends a command and returns its number, or 0 when nothing can be sent now. */
  constructor(private readonly post: (ask: Ask) => number) {}

  /** Answered after the next `resend` when it cannot be sent now. Rejects with `Refused` or `ConnectionLost`. */
  ask(ask: Ask): Promise<Reply> {
    const answer = new Promise<Reply>((resolve, reject) => {
      this.waiting.push({ ask, id: this.post(ask), losses: 0, resolve, reject });
    });
    answer.catch(() => {}); // who asked may have gone meanwhile: then nobody minds
    return answer;
  }

  settle(reply: Reply): void {
    this.remove(reply.id)?.resolve(reply);
  }

  /** Whether the number was one of these. */
  refuse(id: number, reason: Error): boolean {
    const refused = this.remove(id);
    refused?.reject(reason);
    return refused !== undefined;
  }

  /** The connection is gone: what had been sent is asked once more on the next one, then given up. */
  lost(): void {
    for (const waiting of this.waiting) {
      if (waiting.id === 0) continue;
      waiting.id = 0;
      waiting.losses += 1;
      if (waiting.losses > 1) waiting.reject(new ConnectionLost());
    }
    this.waiting = this.waiting.filter((waiting) => waiting.losses <= 1);
  }

  resend(): void {
    for (const waiting of this.waiting) if (waiting.id === 0) waiting.id = this.post(waiting.ask);
  }

  private remove(id: number): Waiting<Reply> | undefined {
    if (id === 0) return undefined;
    const found = this.waiting.find((waiting) => waiting.id === id);
    this.waiting = this.waiting.filter((waiting) => waiting !== found);
    return found;
  }
}
