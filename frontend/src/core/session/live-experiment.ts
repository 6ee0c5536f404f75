/**
 * One open experiment: the protocol with the server, and the player of its recording.
 *
 * Opens and edits are sent one at a time and in order, each after the reply to the one before, so the page always holds
 * the server's experiment plus at most one pending change. Uses neither the DOM nor runes.
 */
import { firstSpeed } from '../experiment/defaults';
import { Player } from '../player/player';
import { lastRecoverable } from '../player/recording';
import { TRY_AGAIN_LATER } from '../protocol/socket';
import { assertNever, type CommandBody, type Engine, type EventOf, type Experiment, type Layer, type Scene, type ServerEvent } from '../protocol/wire';
import { atLimit, faultOf, Refused, tooLarge } from './faults';
import { OpenRequests, originOf, type OpenRequest } from './open-requests';
import { PendingChange } from './pending-change';
import { Previews } from './previews';
import { QueryReplies, type OtherEvent } from './query-replies';
import type { Change, Connection, Environment, Fault, Opening } from './types';

/** WebSocket close code: the message was larger than the server accepts. */
const MESSAGE_TOO_BIG = 1009;

export class LiveExperiment {
  experiment: Experiment | null = null;
  engines: readonly Engine[] = [];
  scene: Scene | null = null;
  layers: readonly Layer[] = [];
  device = '';
  torch = '';
  /** The records wait for a kernel that is being made. */
  compiling = false;
  fault: Fault | null = null;
  readonly player = new Player();
  readonly queries: QueryReplies;
  readonly previews = new Previews((edit, until) => this.queries.ask({ op: 'preview', edit, until }));

  private readonly changes: PendingChange;
  private readonly opens = new OpenRequests();
  private lastId = 0;
  /** The user has chosen a speed: another experiment keeps it. */
  private speedChosen = false;
  private socketState: Connection = 'connecting';
  /** The language of the last open. */
  private serverLanguage: 'en' | 'zh' = 'en';
  private revision = -1;
  /** The server has our experiment open. */
  private ready = false;

  constructor(private readonly env: Environment) {
    this.queries = new QueryReplies((query) => {
      if (this.ready) return this.post(query);
      this.env.changed(); // the next frame reopens a released experiment
      return 0;
    });
    this.changes = new PendingChange(this.player, (command) => this.post(command), () => env.now());
  }

  get connection(): Connection {
    if (this.opens.busy) return 'full';
    return this.place > 0 ? 'waiting' : this.socketState;
  }

  /** In the server's queue, from 1; 0 outside of it. */
  get place(): number {
    return this.opens.place;
  }

  /** No change is on its way to the server, or waits to be sent. */
  get idle(): boolean {
    return !this.opens.next && !this.opens.pending && !this.changes.busy && this.changes.queue.empty;
  }

  get head(): number {
    return this.player.head;
  }

  // --- user actions ---

  open(experiment: Experiment, how: Opening = {}): Promise<boolean> {
    return this.opens.want(experiment, how, this.env.gesture(), () => this.sendNext());
  }

  edit(change: Change): void {
    if (!this.experiment) return;
    const track = this.player.recording.tracks[change.run];
    const step = track ? lastRecoverable(track, this.head) : this.head;
    if (step < this.head) this.seek(step); // the run has diverged: apply the change where it still has an effect
    this.changes.queue.add(change, this.head, this.env.gesture());
    this.player.goOn();
    this.sendNext();
    this.env.changed();
  }

  /** Forks run `change.run` at the step on screen and pauses, so that its first change can be made there. */
  fork(change: Change): Promise<number | null> {
    const { experiment } = this;
    if (!experiment) return Promise.resolve(null);
    const track = this.player.recording.tracks[change.run];
    if (track) this.seek(lastRecoverable(track, this.head));
    this.player.pause();
    return new Promise((resolve) => {
      this.changes.queue.fork(change, this.head, this.env.gesture(), resolve);
      this.sendNext();
      this.env.changed();
    });
  }

  play(): void {
    this.player.play();
    this.env.changed();
  }

  pause(): void {
    this.player.pause();
    this.env.changed();
  }

  seek(step: number): void {
    this.changes.queue.pin();
    this.player.seek(step);
    this.env.changed();
  }

  stepBy(steps: number): void {
    this.changes.queue.pin();
    const beyond = this.head + steps > this.player.limit;
    this.player.stepBy(steps);
    if (beyond) this.fault = atLimit(this.player.limit, this.env.language());
    this.env.changed();
  }

  setSpeed(stepsPerSecond: number): void {
    this.speedChosen = this.player.setSpeed(stepsPerSecond) || this.speedChosen;
    this.env.changed();
  }

  // --- time ---

  /** One display frame: moves the head, sends pending edits and grants. Returns whether the next frame has work. */
  tick(seconds: number): boolean {
    const { player } = this;
    player.tick(seconds);
    if (player.playing && player.atLimit) this.halt(atLimit(player.limit, this.env.language()));
    this.changes.throttle.frame(this.env.now());
    this.sendNext();
    if (this.ready && !this.opens.pending && this.experiment) this.previews.update(this.experiment, this.head);
    this.grant();
    // Without a server, the existing recording still plays.
    const moving = player.playing && (player.head < player.recording.last || this.ready);
    return moving || (this.ready && !this.changes.queue.empty);
  }

  /** The page was hidden or shown. */
  visibilityChanged(): void {
    this.grant();
    this.env.changed();
  }

  /** Reopens the experiment in the page's new language; the recording stays. */
  languageChanged(): void {
    this.sendNext();
  }

  // --- to the server ---

  private post(ask: CommandBody): number {
    const id = this.lastId + 1;
    if (!this.env.send(JSON.stringify({ ...ask, id }))) return 0;
    this.lastId = id;
    return id;
  }

  /** Sends the next edit, else the next open, when no reply is pending. */
  private sendNext(): void {
    if (this.connection !== 'live' || this.opens.pending || this.changes.busy) return;
    const wanted = !this.changes.queue.empty || this.queries.waiting || this.previews.wanted;
    const reopen = this.ready ? this.serverLanguage !== this.env.language() : this.opens.mustReopen(wanted);
    if (this.ready && !this.changes.queue.empty) this.sendChange();
    // An open cancels a preview: dragged at step 0, the two take turns.
    else if ((this.opens.next && !(this.ready && this.previews.busy)) || reopen) this.sendOpen();
  }

  private sendOpen(): void {
    const command = this.opens.command(this.experiment, this.player.recording, this.env.language());
    const id = command ? this.post(command) : 0;
    if (id === 0) return;
    this.serverLanguage = this.env.language();
    this.opens.sent(id);
  }

  private sendChange(): void {
    // Of a run that was added, the records up to the change may still be on their way.
    if (this.changes.queue.nextStep(this.head) > this.player.recording.complete) return;
    // With an open waiting behind these edits, send them at once: their records will not be drawn.
    if ((!this.opens.next && !this.changes.throttle.open) || !this.changes.send()) return;
    this.grant();
    this.env.changed();
  }

  /** Sends the server a new step limit when it has changed. */
  private grant(): void {
    if ((!this.ready && !this.opens.released) || this.opens.pending) return;
    const until = this.player.nextGrant(this.env.hidden(), this.env.now());
    if (until === null) return;
    if (!this.ready) {
      if (until > this.player.recording.last) this.opens.released = false;
      return this.sendNext();
    }
    const every = this.experiment?.problem.kind === 'learning' ? this.player.every() : 1;
    this.post({ op: 'advance', until, ...(every > 1 && { every }) });
  }

  // --- from the server ---

  connected(): void {
    this.socketState = 'live';
    this.opens.busy = false;
    this.opens.reopenRefused = false;
    this.sendNext();
    this.env.changed();
  }

  /** The connection closed: pending commands count as unsent. code: WebSocket close code. */
  lost(code = 0): void {
    this.socketState = code === TRY_AGAIN_LATER ? 'full' : 'lost';
    const tooBig = code === MESSAGE_TOO_BIG && (this.opens.pending !== null || this.changes.busy); // sent again, it would close this again
    this.opens.lost(tooBig);
    if (tooBig) this.fault = tooLarge(this.env.language());
    this.closed(tooBig);
    this.env.changed();
  }

  /** The server has no place for another socket. */
  full(): void {
    this.socketState = 'full';
    this.env.changed();
  }

  /** Our experiment is not open on the server any more: what was on its way is sent again when it is. */
  private closed(tooBig = false): void {
    this.ready = false;
    this.compiling = false;
    this.changes.lost(tooBig);
    this.player.renew();
    this.queries.lost();
    this.previews.lost();
  }

  receive(received: ServerEvent): void {
    const event = this.queries.settle(received);
    if (event) this.handle(event);
    this.env.changed();
  }

  private handle(event: OtherEvent): void {
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
      case 'waiting':
        if (this.opens.is(event.id)) this.opens.place = event.place;
        break;
      case 'released':
        if (!this.ready) break; // it crossed with a command, whose refusal has come already
        this.closed();
        this.opens.released = true;
        break;
      case 'compiling':
        this.compiling = event.revision === this.revision;
        break;
      case 'error':
        this.compiling = false;
        this.error(event);
        break;
      case 'closed': // the page never sends a close
        break;
      default:
        assertNever(event);
    }
  }

  private opened(event: EventOf<'opened'>): void {
    if (!this.opens.is(event.id)) return;
    const request = this.opens.opened();
    const { experiment, head: step, player: { seen, recording: { last } } } = this;
    this.ready = true;
    this.changes.throttle.reset();
    this.player.renew();
    this.hold(event);
    this.scene = event.scene;
    this.layers = event.layers;
    this.device = event.device;
    this.torch = event.torch;
    this.player.limit = event.max_steps;
    if (request) {
      this.changes.queue.clear();
      if (!this.speedChosen) this.player.playhead.speed = firstSpeed(event.experiment);
      this.player.begin(request.kept, request.how.step ?? 0, request.how.until);
      if (experiment) this.env.replaced({ before: { experiment, step, last }, seen, experiment: event.experiment, step: null, ...originOf(request) });
      request.resolve(true);
    }
    this.queries.resend();
    this.previews.update(event.experiment, this.head);
    this.sendNext();
    this.grant();
  }

  private changed(event: EventOf<'edited'> | EventOf<'forked'>): void {
    const before = this.experiment;
    const made = this.changes.is(event.id) && this.changes.made;
    if (!made || !before) return;
    this.hold(event);
    this.changes.accepted(event.experiment.runs.length);
    const { step, last, seen, gesture } = made;
    const from = event.experiment.runs.map((_, run) => (run < before.runs.length ? run : null));
    this.env.replaced({ before: { experiment: before, step, last }, seen, experiment: event.experiment, from, step, gesture, moment: null });
    this.sendNext();
    this.grant();
  }

  private hold({ revision, experiment, engines }: EventOf<'opened' | 'edited' | 'forked'>): void {
    this.revision = revision;
    this.experiment = experiment;
    this.engines = engines;
    this.player.compiled = engines.every((engine) => engine === 'compiled');
    this.compiling = false;
    this.fault = null;
  }

  private chunk(event: EventOf<'chunk'>): void {
    if (event.revision !== this.revision) return; // from before the last change
    this.compiling = false;
    if (this.opens.pending && !this.opens.pending.request) return; // `after` did not count it: it comes again
    if (this.changes.hold(event)) return;
    try {
      this.player.append(event, this.env.now());
    } catch (error) {
      // Only after a protocol error: report it and show what is recorded.
      this.halt({ code: 'internal', field: '', message: String(error), column: null });
      return;
    }
    this.changes.throttle.recorded();
  }

  private error(event: EventOf<'error'>): void {
    if (event.id > 0) {
      if (this.opens.wasReplaced(event.id)) return;
      if (event.code === 'no_experiment' && !this.opens.pending) return this.forgotten();
      if (this.opens.is(event.id)) return this.openRefused(this.opens.take(), faultOf(event));
      if (this.changes.is(event.id)) return this.changeRefused(event);
      if (this.queries.refuse(event.id, new Refused(faultOf(event)))) return;
    }
    if (event.id === 0 && event.code === 'busy') return; // a full server closes the socket then: `lost` says so
    if (event.code === 'no_experiment') this.forgotten();
    else this.halt(faultOf(event));
  }

  /** A command has come to a server that has our experiment open no more: reopen it, and send the command again. */
  private forgotten(): void {
    this.closed();
    this.sendNext();
  }

  private openRefused(request: OpenRequest | null, fault: Fault): void {
    this.fault = fault;
    if (fault.code === 'busy') return this.retryWhenFree(request);
    if (request) request.resolve(false);
    else {
      this.opens.reopenRefused = true;
      this.halt(fault);
    }
    this.sendNext();
  }

  private changeRefused(event: EventOf<'error'>): void {
    this.fault = faultOf(event, this.changes.refused());
    this.sendNext();
    this.grant();
  }

  private retryWhenFree(request: OpenRequest | null): void {
    if (request) this.opens.requeue(request);
    else this.ready = false; // chunks received meanwhile were dropped: reopen
    this.opens.retryWhenFree(() => {
      this.sendNext();
      this.env.changed();
    });
  }

  private halt(fault: Fault): void {
    this.fault = fault;
    this.player.halt();
  }
}
