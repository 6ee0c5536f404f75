/**
 * One experiment, live: the conversation with the server about what is open, and the player of what it records.
 *
 * Opens and edits go out one at a time and in order, each after the answer to the one before, so that what the page
 * holds is always what the server has, plus at most one change that is on its way. No display, no runes.
 */
import { compact } from '../experiment/compact';
import { Player } from '../player/player';
import { lastRecoverable } from '../player/recording';
import { Backoff } from '../protocol/backoff';
import { type Ask, assertNever, type EventOf, type Experiment, type Layer, type Scene, type ServerEvent } from '../protocol/wire';
import { atLimit, faultOf, Refused, tooLarge } from './faults';
import { PendingChange } from './pending-change';
import { QueryReplies, type OtherEvent } from './query-replies';
import type { Change, Connection, Fault } from './types';

/** The way to the server. */
export interface Link {
  /** Whether it went out. */
  send(text: string): boolean;
}

export interface Surroundings {
  readonly link: Link;
  /** Something changed: a frame is wanted. */
  changed(): void;
  /** Milliseconds, never going back. */
  now(): number;
  hidden(): boolean;
  language(): 'en' | 'zh';
}

interface Wanted {
  readonly experiment: Experiment;
  /** The step to show first. */
  readonly step: number;
  resolve(accepted: boolean): void;
}

/** The server closed the connection over a message that was larger than it takes. */
const MESSAGE_TOO_BIG = 1009;

export class LiveExperiment {
  experiment: Experiment | null = null;
  scene: Scene | null = null;
  layers: readonly Layer[] = [];
  device = '';
  torch = '';
  fault: Fault | null = null;
  readonly player = new Player();
  readonly questions: QueryReplies;

  private readonly changes: PendingChange;
  private readonly busy = new Backoff(1);
  private lastId = 0;
  private link: Connection = 'connecting';
  /** The server had no room for us; asked again later. */
  private crowded = false;
  private spoken: 'en' | 'zh' = 'en'; // what the server was told
  private revision = -1;
  /** The server has our experiment open. */
  private ready = false;
  /** The server does not take our experiment back: nothing to do until the user opens another. */
  private unwelcome = false;
  /** Our experiment fits in no message: it can be opened on no connection. */
  private unsendable = false;
  /** What is to be opened next. */
  private wanted: Wanted | null = null;
  /** The open on its way; wanted is null when it is our own experiment again, after a loss. */
  private opening: { id: number; wanted: Wanted | null } | null = null;

  constructor(private readonly around: Surroundings) {
    this.questions = new QueryReplies((ask) => (this.ready ? this.post(ask) : 0));
    this.changes = new PendingChange(this.player, (ask) => this.post(ask), () => around.now());
  }

  get connection(): Connection {
    return this.crowded ? 'lost' : this.link;
  }

  get head(): number {
    return this.player.head;
  }

  // --- what the user does ---

  open(experiment: Experiment, step = 0): Promise<boolean> {
    this.wanted?.resolve(false); // the latest wins
    return new Promise((resolve) => {
      this.wanted = { experiment, step, resolve };
      this.pump();
    });
  }

  edit(change: Change): void {
    if (!this.experiment) return;
    const track = this.player.recording.tracks[change.run];
    const step = track ? lastRecoverable(track, this.head) : this.head;
    if (step < this.head) this.seek(step); // that run is over: the change is seen where it still can be
    this.changes.queue.add(change, this.head);
    this.player.goOn();
    this.pump();
    this.around.changed();
  }

  /** A branch of run `change.run` from the step on screen; rests, so that its first change can be made there. */
  fork(change: Change): Promise<number | null> {
    const { experiment } = this;
    if (!experiment) return Promise.resolve(null);
    const track = this.player.recording.tracks[change.run];
    if (track) this.seek(lastRecoverable(track, this.head));
    this.player.pause();
    return new Promise((resolve) => {
      this.changes.queue.fork(change, this.head, resolve);
      this.pump();
      this.around.changed();
    });
  }

  play(): void {
    this.player.play();
    this.around.changed();
  }

  pause(): void {
    this.player.pause();
    this.around.changed();
  }

  seek(step: number): void {
    this.changes.queue.pin();
    this.player.seek(step);
    this.around.changed();
  }

  stepBy(steps: number): void {
    this.changes.queue.pin();
    const beyond = this.head + steps > this.player.limit;
    this.player.stepBy(steps);
    if (beyond) this.fault = atLimit(this.player.limit, this.around.language());
    this.around.changed();
  }

  setSpeed(stepsPerSecond: number): void {
    if (stepsPerSecond > 0) this.player.playhead.speed = stepsPerSecond;
    this.around.changed();
  }

  // --- time ---

  /** One display frame: the head moves, grants follow it, waiting edits go out. Returns whether the next frame has work. */
  tick(seconds: number): boolean {
    const { player } = this;
    player.tick(seconds);
    if (player.playing && player.atLimit) this.halt(atLimit(player.limit, this.around.language()));
    this.changes.gate.frame(this.around.now());
    this.pump();
    this.grant();
    // Without a server, what is recorded already still plays.
    const moving = player.playing && (player.head < player.recording.last || this.ready);
    return moving || (this.ready && !this.changes.queue.empty);
  }

  /** The page was hidden or is looked at again. */
  visibilityChanged(): void {
    this.grant();
    this.around.changed();
  }

  /** The page speaks another language: the server is told by opening the same experiment again; what is recorded stays. */
  languageChanged(): void {
    this.pump();
  }

  // --- to the server ---

  private post(ask: Ask): number {
    const id = this.lastId + 1;
    if (!this.around.link.send(JSON.stringify({ ...ask, id }))) return 0;
    this.lastId = id;
    return id;
  }

  /** Sends what may go out now: an edit, else an open, each only when nothing is on its way. */
  private pump(): void {
    if (this.connection !== 'live' || this.opening || this.changes.busy) return;
    const reopen = this.ready ? this.spoken !== this.around.language() : !this.unwelcome && !this.unsendable;
    if (this.ready && !this.changes.queue.empty) this.sendChange();
    else if (this.wanted || reopen) this.sendOpen();
  }

  private sendOpen(): void {
    const { wanted } = this;
    const experiment = wanted?.experiment ?? this.experiment;
    if (!experiment) return;
    const after = wanted ? -1 : this.player.recording.last;
    const id = this.post({ op: 'open', experiment: compact(experiment), after, language: this.around.language() });
    if (id === 0) return;
    this.spoken = this.around.language();
    this.opening = { id, wanted };
    this.wanted = null;
  }

  private sendChange(): void {
    // Where an experiment waits behind these edits, they go out at once: nobody will look at their records.
    if ((!this.wanted && !this.changes.gate.open) || !this.changes.send()) return;
    this.grant();
    this.around.changed();
  }

  /** Tells the server how far it may go, when that has changed. */
  private grant(): void {
    if (!this.ready || this.opening) return;
    const until = this.player.nextGrant(this.around.hidden(), this.around.now());
    if (until === null) return;
    const every = this.experiment?.problem.kind === 'learning' ? this.player.every() : 1;
    this.post({ op: 'advance', until, ...(every > 1 && { every }) });
  }

  // --- from the server ---

  connected(): void {
    this.link = 'live';
    this.crowded = false;
    this.unwelcome = false;
    this.pump();
    this.around.changed();
  }

  /** Everything that was on its way is as if it had never been sent. code: why the connection was closed. */
  lost(code = 0): void {
    this.link = 'lost';
    this.crowded = false;
    this.ready = false;
    const { opening } = this;
    this.opening = null;
    if (opening && code === MESSAGE_TOO_BIG) this.neverAgain(opening.wanted);
    else if (opening?.wanted) this.wantAgain(opening.wanted);
    this.changes.lost();
    this.player.renew();
    this.questions.lost();
    this.around.changed();
  }

  /** What was to be opened is larger than a message: sent again, it would cut the connection again. */
  private neverAgain(wanted: Wanted | null): void {
    if (wanted) wanted.resolve(false);
    else this.unsendable = true;
    this.fault = tooLarge(this.around.language());
  }

  receive(received: ServerEvent): void {
    const event = this.questions.settle(received);
    if (event) this.told(event);
    this.around.changed();
  }

  private told(event: OtherEvent): void {
    switch (event.op) {
      case 'opened':
        this.opened(event);
        break;
      case 'edited':
      case 'forked':
        this.changed(event);
        break;
      case 'chunk':
        this.chunk(event);
        break;
      case 'error':
        this.error(event);
        break;
      case 'closed': // never asked for
        break;
      default:
        assertNever(event);
    }
  }

  private opened(event: EventOf<'opened'>): void {
    if (this.opening?.id !== event.id) return;
    const { wanted } = this.opening;
    this.opening = null;
    this.ready = true;
    this.unwelcome = false;
    this.unsendable = false;
    this.fault = null;
    this.busy.reset();
    this.changes.gate.reset();
    this.player.renew();
    this.revision = event.revision;
    this.experiment = event.experiment;
    this.scene = event.scene;
    this.layers = event.layers;
    this.device = event.device;
    this.torch = event.torch;
    this.player.limit = event.max_steps;
    if (wanted) {
      this.changes.queue.clear();
      this.player.begin(event.experiment.runs.length, wanted.step);
      wanted.resolve(true);
    }
    this.questions.resend();
    this.pump();
    this.grant();
  }

  private changed(event: EventOf<'edited'> | EventOf<'forked'>): void {
    if (!this.changes.is(event.id)) return;
    this.revision = event.revision;
    this.experiment = event.experiment;
    this.fault = null;
    this.changes.accepted(event.experiment.runs.length);
    this.pump();
    this.grant();
  }

  private chunk(event: EventOf<'chunk'>): void {
    if (event.revision !== this.revision) return; // of an experiment that has changed since
    if (this.opening && !this.opening.wanted) return; // was not counted as held: it comes again
    if (this.changes.hold(event)) return;
    try {
      this.player.append(event, this.around.now());
    } catch (error) {
      // Cannot happen while both sides keep to the protocol; if it does, say so and show what there is.
      this.halt({ code: 'internal', field: '', message: String(error), column: null });
      return;
    }
    this.changes.gate.recorded();
  }

  private error(event: EventOf<'error'>): void {
    if (event.id > 0) {
      if (this.opening?.id === event.id) return this.openRefused(this.opening.wanted, faultOf(event));
      if (this.changes.is(event.id)) return this.changeRefused(event);
      const refused = new Refused(faultOf(event));
      if (this.questions.refuse(event.id, refused)) return;
    }
    if (event.code === 'no_experiment') {
      this.ready = false; // forgotten: it is opened again
      this.pump();
    } else this.halt(faultOf(event));
  }

  private openRefused(wanted: Wanted | null, fault: Fault): void {
    this.opening = null;
    this.fault = fault;
    if (fault.code === 'busy') {
      this.waitForRoom(wanted);
      return;
    }
    if (wanted) wanted.resolve(false);
    else {
      this.unwelcome = true;
      this.halt(fault);
    }
    this.pump();
  }

  private changeRefused(event: EventOf<'error'>): void {
    this.fault = faultOf(event, this.changes.refused());
    this.pump();
    this.grant();
  }

  private waitForRoom(wanted: Wanted | null): void {
    if (wanted) this.wantAgain(wanted);
    else this.ready = false; // what came meanwhile was not taken: it is opened again
    this.crowded = true;
    setTimeout(() => {
      if (!this.crowded) return;
      this.crowded = false;
      this.pump();
      this.around.changed();
    }, this.busy.next());
  }

  /** An open that was not answered goes out again, unless another was wanted meanwhile. */
  private wantAgain(wanted: Wanted): void {
    if (this.wanted) wanted.resolve(false);
    else this.wanted = wanted;
  }

  private halt(fault: Fault): void {
    this.fault = fault;
    this.player.halt();
  }
}
