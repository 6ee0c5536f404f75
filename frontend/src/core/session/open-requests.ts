/**
 * What is to be opened: the next request, the open that waits for its reply, and the queue of a full server.
 */
import { Backoff } from '../protocol/backoff';
import { compact } from '../experiment/compact';
import type { GrowingRecording, Kept } from '../player/recording';
import type { CommandBody, Experiment } from '../protocol/wire';
import { keptRecords, lastKept } from './shared-past';
import type { Opening, Replaced } from './types';

export interface OpenRequest {
  readonly experiment: Experiment;
  readonly how: Opening;
  /** The gesture of the pointer that it is part of. */
  readonly gesture: number;
  /** For each run, the records that it shares with the experiment before; set when it is sent. */
  kept: readonly (Kept | null)[];
  resolve(accepted: boolean): void;
}

/** For each run that is to be opened, the number of the open experiment's run that it is; null for a new one. */
function runsFrom({ experiment, how }: OpenRequest): readonly (number | null)[] {
  return experiment.runs.map((_, run) => (how.from ? (how.from[run] ?? null) : run));
}

/** Where the runs of an experiment that is to be opened come from, and what the user did. */
export function originOf(request: OpenRequest): Pick<Replaced, 'from' | 'gesture' | 'moment'> {
  return { from: runsFrom(request), gesture: request.gesture, moment: request.how.moment ?? null };
}

interface PendingOpen {
  readonly id: number;
  /** null when it reopens our own experiment. */
  readonly request: OpenRequest | null;
}

export class OpenRequests {
  next: OpenRequest | null = null;
  /** Waits for its reply. */
  pending: PendingOpen | null = null;
  /** In the server's queue, from 1; 0 outside of it. */
  place = 0;
  /** The server has no free place, nor one in its queue; opened again after a wait. */
  busy = false;
  /** The server refused to reopen our experiment: wait until the user opens another. */
  reopenRefused = false;
  /** The server has let go of our idle experiment: it is reopened when something needs the server. */
  released = false;
  /** Our experiment is larger than a message, so it cannot be reopened. */
  private reopenTooLarge = false;
  private readonly backoff = new Backoff(1);
  /** Number of an open that another one has replaced in the queue. */
  private replaced = 0;

  /** The latest request wins, and takes the place of one in the queue. */
  want(experiment: Experiment, how: Opening, gesture: number, ready: () => void): Promise<boolean> {
    this.next?.resolve(false);
    if (this.place > 0 && this.pending) {
      this.replaced = this.pending.id;
      this.take()?.resolve(false);
    }
    return new Promise((resolve) => {
      this.next = { experiment, how, gesture, kept: [], resolve };
      ready();
    });
  }

  /** The open to send: of the next request, else of our own experiment again; null where there is none. */
  command(ours: Experiment | null, recording: GrowingRecording, language: 'en' | 'zh'): CommandBody | null {
    const { next } = this;
    const experiment = next?.experiment ?? ours;
    if (!experiment) return null;
    if (next) next.kept = keptRecords(ours, experiment, runsFrom(next), recording.tracks);
    const after = next ? lastKept(next.kept, recording.tracks) : recording.complete;
    return { op: 'open', experiment: compact(experiment), after, language };
  }

  /** The next one was sent, with this number. */
  sent(id: number): void {
    this.pending = { id, request: this.next };
    this.next = null;
  }

  is(id: number): boolean {
    return this.pending?.id === id;
  }

  wasReplaced(id: number): boolean {
    return id === this.replaced;
  }

  /** The one that waited for its reply waits no more; returns its request. */
  take(): OpenRequest | null {
    const request = this.pending?.request ?? null;
    this.pending = null;
    this.place = 0;
    return request;
  }

  /** The one that waited for its reply is open; returns its request. */
  opened(): OpenRequest | null {
    this.busy = this.released = this.reopenRefused = this.reopenTooLarge = false;
    this.backoff.reset();
    return this.take();
  }

  /** The connection is gone: an unanswered request is sent again, except one that was too large for a message. */
  lost(tooLarge: boolean): void {
    this.busy = false;
    const reopening = this.pending?.request === null;
    const request = this.take();
    if (!tooLarge) this.requeue(request);
    else if (reopening) this.reopenTooLarge = true;
    else request?.resolve(false);
  }

  /** Our own experiment must be opened again. wanted: something needs the server. */
  mustReopen(wanted: boolean): boolean {
    return !this.reopenRefused && !this.reopenTooLarge && (!this.released || wanted);
  }

  /** Sends an unanswered request again, unless a later one has been made. */
  requeue(request: OpenRequest | null): void {
    if (request && this.next) request.resolve(false);
    else if (request) this.next = request;
  }

  /** Calls `again` after a wait, which is longer each time. */
  retryWhenFree(again: () => void): void {
    this.busy = true;
    setTimeout(() => {
      if (!this.busy) return;
      this.busy = false;
      again();
    }, this.backoff.next());
  }
}
