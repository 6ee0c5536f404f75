/**
 * One experiment, live: what the server has open, its recording, and the play head on it. No display, no runes.
 *
 * Opens and edits go out one at a time and in order, each after the answer to the one before, so that what the page
 * holds is always what the server has, plus at most one change that is on its way.
 */
import { Backoff } from '../protocol/backoff';
import { assertNever, type Ask, type ServerEvent, type Told } from '../protocol/wire';
import { lean } from '../experiment/lean';
import { Grants } from '../player/grants';
import { PlayHead } from '../player/playhead';
import { GrowingRecording, type Marks } from '../player/recording';
import { EditGate } from './gate';
import { EditQueue } from './edits';
import { faultOf, Refused } from './faults';
import { Replies } from './replies';
import type { Change, Connection, Edit, Experiment, Fault, Scene } from './types';

/** Seconds without a record after which nothing more is expected of a server that has named its cap. */
const PATIENCE = 1;

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

export class Live {
  experiment: Experiment | null = null;
  scene: Scene | null = null;
  device = '';
  torch = '';
  fault: Fault | null = null;
  readonly recording = new GrowingRecording();
  readonly playhead = new PlayHead();
  readonly surfaces: Replies<Told<'surface'>>;
  readonly inspections: Replies<Told<'inspected'>>;

  private readonly grants = new Grants();
  private readonly edits = new EditQueue();
  private readonly gate = new EditGate();
  private readonly busy = new Backoff(1);
  private lastId = 0;
  private link: Connection = 'connecting';
  /** The server had no room for us; asked again later. */
  private crowded = false;
  private revision = -1;
  /** The server has our experiment open. */
  private ready = false;
  /** What is to be opened next. */
  private wanted: Wanted | null = null;
  /** The open on its way; wanted is null when it is our own experiment again, after a loss. */
  private opening: { id: number; wanted: Wanted | null } | null = null;
  /** The edit on its way, what was forgotten for it, and records that came before its answer. */
  private editing: { id: number; edit: Edit; marks: Marks; held: Told<'chunk'>[] } | null = null;
  /** A step beyond the recording that the user wants to see; -1: none. */
  private target = -1;
  /** The server could not go on; nothing more is granted until the user does something. */
  private halted = false;
  /** The server's word that it goes no further than its cap; said when the recording has got there. */
  private limit: Fault | null = null;
  /** Seconds that playing has waited for records. */
  private starving = 0;
  /** Playing stopped by itself, at the end of a recording that cannot go on. */
  private ended = false;

  constructor(private readonly around: Surroundings) {
    this.surfaces = new Replies((ask) => (this.ready ? this.post(ask) : 0));
    this.inspections = new Replies((ask) => (this.ready ? this.post(ask) : 0));
  }

  get connection(): Connection {
    return this.crowded ? 'lost' : this.link;
  }

  get head(): number {
    return this.playhead.step;
  }

  /** Every run has diverged: there is nothing beyond `last`. */
  get stopped(): boolean {
    const tracks = this.recording.tracks;
    return tracks.length > 0 && tracks.every((track) => track.divergedAt !== null);
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
    this.edits.add(change, this.head);
    this.goOn();
    this.pump();
    this.around.changed();
  }

  play(): void {
    if (this.stopped && this.head >= this.recording.last) this.playhead.seek(0, this.recording.last);
    this.setPlaying(true);
  }

  pause(): void {
    this.setPlaying(false);
  }

  seek(step: number): void {
    this.moveTo(Math.min(step, this.recording.last));
  }

  stepBy(steps: number): void {
    this.setPlaying(false);
    this.moveTo(Math.max(0, (this.target >= 0 ? this.target : this.head) + steps));
  }

  setSpeed(stepsPerSecond: number): void {
    if (stepsPerSecond > 0) this.playhead.speed = stepsPerSecond;
    this.around.changed();
  }

  // --- time ---

  /** One display frame: the head moves, grants follow it, waiting edits go out. Returns whether the next frame has work. */
  tick(seconds: number): boolean {
    const last = this.recording.last;
    this.playhead.tick(seconds, last);
    this.starving = this.playhead.starved(last) ? this.starving + seconds : 0;
    if (this.limit && this.starving > PATIENCE) this.halt(this.limit);
    if (this.target >= 0) this.approachTarget();
    if (this.playhead.playing && this.stopped && this.head >= last) {
      this.playhead.playing = false;
      this.ended = true;
    }
    this.gate.frame(this.around.now());
    this.pump();
    this.grant();
    // Without a server, what is recorded already still plays.
    const going = this.playhead.playing && (this.head < this.recording.last || (this.ready && !this.halted));
    return going || (this.ready && !this.edits.empty);
  }

  /** The page was hidden or is looked at again. */
  visibilityChanged(): void {
    this.grant();
    this.around.changed();
  }

  private approachTarget(): void {
    const { last } = this.recording;
    this.playhead.seek(Math.min(this.target, last), last);
    if (last >= this.target || this.stopped) this.target = -1;
  }

  private moveTo(step: number): void {
    this.edits.pin();
    this.halted = false;
    this.target = step > this.recording.last && !this.stopped ? step : -1;
    this.playhead.seek(step, this.recording.last);
    this.around.changed();
  }

  private setPlaying(playing: boolean): void {
    this.playhead.playing = playing;
    this.halted = false;
    this.ended = false;
    this.around.changed();
  }

  /** A new experiment or an edit: playing that ended by itself goes on. */
  private goOn(): void {
    this.halted = false;
    if (this.ended) this.setPlaying(true);
  }

  // --- to the server ---

  private post(ask: Ask): number {
    const id = this.lastId + 1;
    if (!this.around.link.send(JSON.stringify({ ...ask, id }))) return 0;
    this.lastId = id;
    return id;
  }

  /** Sends what may go out now: an open, else an edit, each only when nothing is on its way. */
  private pump(): void {
    if (this.connection !== 'live' || this.opening || this.editing) return;
    if (this.ready && !this.edits.empty) this.sendEdit();
    else if (this.wanted || !this.ready) this.sendOpen();
  }

  private sendOpen(): void {
    const wanted = this.wanted;
    const experiment = wanted?.experiment ?? this.experiment;
    if (!experiment || (!wanted && this.halted)) return;
    const after = wanted ? -1 : this.recording.last;
    const id = this.post({ op: 'open', experiment: lean(experiment), after, language: this.around.language() });
    if (id === 0) return;
    this.opening = { id, wanted };
    this.wanted = null;
  }

  private sendEdit(): void {
    // An experiment waits behind these edits: they go out at once, so that it need not wait for their records.
    if (!this.wanted && !this.gate.open) return;
    const edit = this.edits.take(this.head);
    if (!edit) return;
    const id = this.post({ op: 'edit', edit });
    if (id === 0) {
      this.edits.putBack(edit);
      return;
    }
    this.target = -1;
    this.editing = { id, edit, marks: this.recording.forget(edit.step), held: [] };
    this.playhead.keepWithin(this.recording.last);
    this.limit = null;
    this.grants.reset();
    this.grant();
    this.around.changed();
  }

  /** Tells the server how far it may go, when that has changed. */
  private grant(): void {
    if (!this.ready || this.opening || this.halted || this.limit || (this.stopped && !this.editing)) return;
    const until = this.grants.next({
      head: this.head,
      last: this.recording.last,
      playing: this.playhead.playing,
      speed: this.playhead.speed,
      hidden: this.around.hidden(),
      target: this.target,
      now: this.around.now(),
    });
    if (until !== null) this.post({ op: 'advance', until });
  }

  // --- from the server ---

  connected(): void {
    this.link = 'live';
    this.crowded = false;
    this.halted = false;
    this.pump();
    this.around.changed();
  }

  /** Everything that was on its way is as if it had never been sent. */
  lost(): void {
    this.link = 'lost';
    this.crowded = false;
    this.ready = false;
    this.grants.reset();
    if (this.opening?.wanted) {
      if (this.wanted) this.opening.wanted.resolve(false);
      else this.wanted = this.opening.wanted;
    }
    this.opening = null;
    if (this.editing) this.edits.putBack(this.undoEdit());
    this.surfaces.lost();
    this.inspections.lost();
    this.around.changed();
  }

  receive(event: ServerEvent): void {
    switch (event.op) {
      case 'opened':
        this.opened(event);
        break;
      case 'edited':
        this.edited(event);
        break;
      case 'chunk':
        this.chunk(event);
        break;
      case 'surface':
        this.surfaces.settle(event);
        break;
      case 'inspected':
        this.inspections.settle(event);
        break;
      case 'error':
        this.error(event);
        break;
      case 'closed': // never asked for
        break;
      default:
        assertNever(event);
    }
    this.around.changed();
  }

  private opened(event: Told<'opened'>): void {
    if (this.opening?.id !== event.id) return;
    const { wanted } = this.opening;
    this.opening = null;
    this.ready = true;
    this.halted = false;
    this.limit = null;
    this.fault = null;
    this.busy.reset();
    this.gate.reset();
    this.grants.reset();
    this.revision = event.revision;
    this.experiment = event.experiment;
    this.scene = event.scene;
    this.device = event.device;
    this.torch = event.torch;
    if (wanted) {
      this.recording.begin(event.experiment.runs.length, event.scene.dim);
      this.edits.clear();
      this.playhead.seek(0, 0);
      this.target = wanted.step > 0 ? wanted.step : -1;
      this.goOn();
      wanted.resolve(true);
    }
    this.surfaces.resend();
    this.inspections.resend();
    this.pump();
    this.grant();
  }

  private edited(event: Told<'edited'>): void {
    if (this.editing?.id !== event.id) return;
    this.editing = null;
    this.revision = event.revision;
    this.experiment = event.experiment;
    this.fault = null;
    this.gate.accepted(this.around.now());
    this.pump();
    this.grant();
  }

  private chunk(event: Told<'chunk'>): void {
    if (event.revision !== this.revision) return; // of an experiment that has changed since
    if (this.editing) {
      this.editing.held.push(event);
      return;
    }
    this.starving = 0;
    const before = this.recording.last;
    try {
      this.recording.append(event);
    } catch (error) {
      // Cannot happen while both sides keep to the protocol; if it does, say so and show what there is.
      this.halt({ code: 'internal', field: '', message: String(error), column: null });
      return;
    }
    this.grants.arrived(this.recording.last - before, this.around.now());
    this.gate.recorded();
  }

  private error(event: Told<'error'>): void {
    const fault = faultOf(event, this.editing?.id === event.id ? this.editing.edit : null);
    if (event.id > 0 && this.opening?.id === event.id) this.openRefused(fault);
    else if (event.id > 0 && this.editing?.id === event.id) {
      this.undoEdit();
      this.fault = fault;
      this.pump();
      this.grant();
    } else if (this.surfaces.refuse(event.id, new Refused(fault))) return;
    else if (this.inspections.refuse(event.id, new Refused(fault))) return;
    else if (event.code === 'no_experiment') {
      this.ready = false;
      this.pump();
    } else if (event.code === 'limit' && event.id > 0) {
      this.limited(fault);
    } else this.halt(fault);
  }

  /** A grant went beyond the server's cap; it goes on up to the cap. */
  private limited(fault: Fault): void {
    this.target = -1;
    if (this.playhead.playing) {
      this.limit = fault; // said when the head has got there
      return;
    }
    this.fault = fault;
    this.grants.reset();
    this.grant();
  }

  private openRefused(fault: Fault): void {
    const wanted = this.opening?.wanted ?? null;
    this.opening = null;
    this.fault = fault;
    if (fault.code === 'busy') {
      this.waitForRoom(wanted);
      return;
    }
    if (wanted) wanted.resolve(false);
    else this.halt(fault); // our own experiment is not accepted any more: wait for the user
    this.pump();
  }

  private waitForRoom(wanted: Wanted | null): void {
    if (this.wanted) wanted?.resolve(false);
    else this.wanted = wanted;
    this.crowded = true;
    setTimeout(() => {
      if (!this.crowded) return;
      this.crowded = false;
      this.pump();
      this.around.changed();
    }, this.busy.next());
  }

  /** The recording and the queue as they were before the edit that is on its way. Returns that edit. */
  private undoEdit(): Edit {
    const { edit, marks, held } = this.editing!;
    this.editing = null;
    this.recording.recall(marks);
    for (const chunk of held) this.recording.append(chunk);
    this.grants.reset();
    return edit;
  }

  private halt(fault: Fault): void {
    this.fault = fault;
    this.halted = true;
    this.playhead.playing = false;
    this.target = -1;
    this.grants.reset();
  }
}
