/**
 * Changes of the open experiment on their way to the server: one at a time, the recording cut at once and put back as
 * it was when the server refuses or is lost.
 */
import type { Player } from '../player/player';
import type { Marks } from '../player/recording';
import type { Ask, Edit, EventOf } from '../protocol/wire';
import { EditQueue, type Taken } from './edit-queue';
import { EditThrottle } from './edit-throttle';

/** What was forgotten for the change that is on its way, and records that came before its answer. */
interface OnItsWay {
  readonly id: number;
  readonly taken: Taken;
  readonly marks: Marks;
  readonly held: EventOf<'chunk'>[];
}

export class PendingChange {
  readonly queue = new EditQueue();
  readonly gate = new EditThrottle();
  private now: OnItsWay | null = null;

  /** post: sends a command and returns its number, or 0 when nothing can be sent. clock: milliseconds. */
  constructor(
    private readonly player: Player,
    private readonly post: (ask: Ask) => number,
    private readonly clock: () => number,
  ) {}

  /** One is waiting for its answer. */
  get busy(): boolean {
    return this.now !== null;
  }

  /** Whether the number is that of the change on its way. */
  is(id: number): boolean {
    return this.now?.id === id;
  }

  /** Sends the next one; says whether something went out. Records beyond it are forgotten. */
  send(): boolean {
    const taken = this.queue.take(this.player.head);
    if (!taken) return false;
    const { op, edit } = taken;
    const id = this.post({ op, edit });
    if (id === 0) {
      this.queue.putBack(taken);
      return false;
    }
    this.now = { id, taken, marks: this.player.recording.forget(edit.step), held: [] };
    this.player.cut();
    return true;
  }

  /** The server has made the change. runs: how many the experiment has now. */
  accepted(runs: number): void {
    if (!this.now) return;
    const { op, edit, told } = this.now.taken;
    this.now = null;
    if (op === 'fork') {
      this.player.recording.fork(edit.run);
      told(runs - 1);
    }
    this.gate.accepted(this.clock());
  }

  /** Nothing came of it: the recording is as it was. Returns the edit. */
  refused(): Edit | null {
    const taken = this.undo();
    taken?.told(null);
    return taken?.edit ?? null;
  }

  /** The connection is gone: the one on its way is as if it had never been sent. */
  lost(): void {
    const taken = this.undo();
    if (taken) this.queue.putBack(taken);
  }

  /** Keeps records that come before the answer; says whether it did. */
  hold(chunk: EventOf<'chunk'>): boolean {
    this.now?.held.push(chunk);
    return this.now !== null;
  }

  private undo(): Taken | null {
    if (!this.now) return null;
    const { taken, marks, held } = this.now;
    this.now = null;
    this.player.recording.recall(marks);
    for (const chunk of held) this.player.append(chunk, this.clock());
    this.player.renew();
    return taken;
  }
}
