/**
 * The change of the experiment that waits for the server's reply, one at a time. The recording is cut when the change is
 * sent, and restored when the server refuses it or the connection is lost.
 */
import type { Player } from '../player/player';
import type { TrackLengths } from '../player/recording';
import type { CommandBody, Edit, EventOf } from '../protocol/wire';
import { EditQueue, type QueuedChange } from './edit-queue';
import { EditThrottle } from './edit-throttle';

interface InFlight {
  readonly id: number;
  readonly change: QueuedChange;
  /** Of the recording before it was cut. */
  readonly lengths: TrackLengths;
  /** The last record then, and the last step that had been on screen. */
  readonly last: number;
  readonly seen: number;
  /** Chunks that came before the reply. */
  readonly chunks: EventOf<'chunk'>[];
}

export class PendingChange {
  readonly queue = new EditQueue();
  readonly throttle = new EditThrottle();
  private inFlight: InFlight | null = null;

  /** post: sends a command and returns its number, or 0 when nothing can be sent. clock: milliseconds. */
  constructor(
    private readonly player: Player,
    private readonly post: (command: CommandBody) => number,
    private readonly clock: () => number,
  ) {}

  /** One waits for its reply. */
  get busy(): boolean {
    return this.inFlight !== null;
  }

  /** The one that waits, with what was before it. */
  get made(): { readonly step: number; readonly last: number; readonly seen: number; readonly gesture: number } | null {
    if (!this.inFlight) return null;
    const { change: { edit: { step }, gesture }, last, seen } = this.inFlight;
    return { step, last, seen, gesture };
  }

  is(id: number): boolean {
    return this.inFlight?.id === id;
  }

  /** Sends the next change and drops the records beyond it; returns whether one was sent. */
  send(): boolean {
    const change = this.queue.take(this.player.head);
    if (!change) return false;
    const { op, edit } = change;
    const id = this.post({ op, edit });
    if (id === 0) {
      this.queue.requeue(change);
      return false;
    }
    const { seen, recording } = this.player;
    const { last } = recording;
    this.inFlight = { id, change, last, seen, lengths: recording.forget(edit.step), chunks: [] };
    this.player.cut();
    return true;
  }

  /** The server has made the change. runs: how many the experiment has now. */
  accepted(runs: number): void {
    if (!this.inFlight) return;
    const { op, edit, onFork } = this.inFlight.change;
    this.inFlight = null;
    if (op === 'fork') {
      this.player.recording.fork(edit.run);
      onFork(runs - 1);
    }
    this.throttle.accepted(this.clock());
  }

  /** Restores the recording; returns the edit that was refused. */
  refused(): Edit | null {
    const change = this.undo();
    change?.onFork(null);
    return change?.edit ?? null;
  }

  /** The connection is gone: restores the recording and sends the change again later, but for one that no message can hold. */
  lost(tooLarge: boolean): void {
    const change = this.undo();
    if (tooLarge) change?.onFork(null);
    else if (change) this.queue.requeue(change);
  }

  /** Keeps a chunk that comes before the reply; returns whether it did. */
  hold(chunk: EventOf<'chunk'>): boolean {
    this.inFlight?.chunks.push(chunk);
    return this.inFlight !== null;
  }

  private undo(): QueuedChange | null {
    if (!this.inFlight) return null;
    const { change, lengths, chunks } = this.inFlight;
    this.inFlight = null;
    this.player.recording.recall(lengths);
    for (const chunk of chunks) this.player.append(chunk, this.clock());
    this.player.renew();
    return change;
  }
}
