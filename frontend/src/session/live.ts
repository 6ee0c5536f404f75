/**
 * One experiment, live: the conversation with the server about what is open, and the player of what it records.
 *
 * Opens and edits go out one at a time and in order, each after the answer to the one before, so that what the page
 * holds is always what the server has, plus at most one change that is on its way. No display, no runes.
 */
import { lean } from '../experiment/lean';
import { Player } from '../player/player';
import { lastRecoverable, type Marks } from '../player/recording';
import { Backoff } from '../protocol/backoff';
import { assertNever, type Ask, type ServerEvent, type Told } from '../protocol/wire';
import { EditQueue } from './edits';
import { faultOf, Refused } from './faults';
import { EditGate } from './gate';
import { Replies } from './replies';
import type { Change, Connection, Edit, Experiment, Fault, Scene } from './types';

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

/** An edit on its way: what was forgotten for it, and records that came before its answer. */
interface Editing {
  readonly id: number;
  readonly edit: Edit;
  readonly marks: Marks;
  readonly held: Told<'chunk'>[];
}

export class Live {
  experiment: Experiment | null = null;
  scene: Scene | null = null;
  device = '';
  torch = '';
  fault: Fault | null = null;
  readonly player = new Player();
  readonly surfaces: Replies<Told<'surface'>>;
  readonly inspections: Replies<Told<'inspected'>>;
  readonly points: Replies<Told<'points'>>;

  private readonly edits = new EditQueue();
  private readonly gate = new EditGate();
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
  /** What is to be opened next. */
  private wanted: Wanted | null = null;
  /** The open on its way; wanted is null when it is our own experiment again, after a loss. */
  private opening: { id: number; wanted: Wanted | null } | null = null;
  private editing: Editing | null = null;
  /** The server's word that it goes no further than its cap; said when the head has got there. */
  private capFault: Fault | null = null;

  constructor(private readonly around: Surroundings) {
    const post = (ask: Ask): number => (this.ready ? this.post(ask) : 0);
    this.surfaces = new Replies(post);
    this.inspections = new Replies(post);
    this.points = new Replies(post);
  }

  get connection(): Connection {
    return this.crowded ? 'lost' : this.link;
  }

  get head(): number {
    return this.player.head;
  }

  private get questions() {
    return [this.surfaces, this.inspections, this.points];
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
    this.edits.add(change, this.head);
    this.player.goOn();
    this.pump();
    this.around.changed();
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
    this.edits.pin();
    this.player.seek(step);
    this.around.changed();
  }

  stepBy(steps: number): void {
    this.edits.pin();
    this.player.stepBy(steps);
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
    if (player.atCap && this.capFault) this.halt(this.capFault);
    this.gate.frame(this.around.now());
    this.pump();
    this.grant();
    // Without a server, what is recorded already still plays.
    const moving = player.playing && (player.head < player.recording.last || this.ready);
    return moving || (this.ready && !this.edits.empty);
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
    if (this.connection !== 'live' || this.opening || this.editing) return;
    if (this.ready && !this.edits.empty) this.sendEdit();
    else if (this.wanted || (this.ready ? this.spoken !== this.around.language() : !this.unwelcome)) this.sendOpen();
  }

  private sendOpen(): void {
    const { wanted } = this;
    const experiment = wanted?.experiment ?? this.experiment;
    if (!experiment) return;
    const after = wanted ? -1 : this.player.recording.last;
    const id = this.post({ op: 'open', experiment: lean(experiment), after, language: this.around.language() });
    if (id === 0) return;
    this.spoken = this.around.language();
    this.opening = { id, wanted };
    this.wanted = null;
  }

  private sendEdit(): void {
    // Where an experiment waits behind these edits, they go out at once: nobody will look at their records.
    if (!this.wanted && !this.gate.open) return;
    const edit = this.edits.take(this.head);
    if (!edit) return;
    const id = this.post({ op: 'edit', edit });
    if (id === 0) {
      this.edits.putBack(edit);
      return;
    }
    this.editing = { id, edit, marks: this.player.recording.forget(edit.step), held: [] };
    this.player.cut();
    this.grant();
    this.around.changed();
  }

  /** Tells the server how far it may go, when that has changed. */
  private grant(): void {
    if (!this.ready || this.opening) return;
    const until = this.player.nextGrant(this.around.hidden(), this.around.now());
    if (until !== null) this.post({ op: 'advance', until });
  }

  // --- from the server ---

  connected(): void {
    this.link = 'live';
    this.crowded = false;
    this.unwelcome = false;
    this.pump();
    this.around.changed();
  }

  /** Everything that was on its way is as if it had never been sent. */
  lost(): void {
    this.link = 'lost';
    this.crowded = false;
    this.ready = false;
    if (this.opening?.wanted) this.wantAgain(this.opening.wanted);
    this.opening = null;
    if (this.editing) this.edits.putBack(this.undo(this.editing));
    this.player.renew();
    for (const replies of this.questions) replies.lost();
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
      case 'points':
        this.points.settle(event);
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
    this.unwelcome = false;
    this.fault = null;
    this.busy.reset();
    this.gate.reset();
    this.player.renew();
    this.revision = event.revision;
    this.experiment = event.experiment;
    this.scene = event.scene;
    this.device = event.device;
    this.torch = event.torch;
    if (wanted) {
      this.edits.clear();
      this.player.begin(event.experiment.runs.length, event.scene.dim, wanted.step);
      wanted.resolve(true);
    }
    for (const replies of this.questions) replies.resend();
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
    if (this.opening && !this.opening.wanted) return; // was not counted as held: it comes again
    if (this.editing) {
      this.editing.held.push(event);
      return;
    }
    try {
      this.player.append(event, this.around.now());
    } catch (error) {
      // Cannot happen while both sides keep to the protocol; if it does, say so and show what there is.
      this.halt({ code: 'internal', field: '', message: String(error), column: null });
      return;
    }
    this.gate.recorded();
  }

  private error(event: Told<'error'>): void {
    if (event.id > 0) {
      if (this.opening?.id === event.id) return this.openRefused(this.opening.wanted, faultOf(event));
      if (this.editing?.id === event.id) return this.editRefused(this.editing, event);
      const refused = new Refused(faultOf(event));
      if (this.questions.some((replies) => replies.refuse(event.id, refused))) return;
    }
    if (event.code === 'no_experiment') {
      this.ready = false; // forgotten: it is opened again
      this.pump();
    } else if (event.code === 'limit' && event.id > 0) {
      this.capped(faultOf(event));
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

  private editRefused(editing: Editing, event: Told<'error'>): void {
    this.undo(editing);
    this.fault = faultOf(event, editing.edit);
    this.pump();
    this.grant();
  }

  /** A grant went beyond the server's cap. */
  private capped(fault: Fault): void {
    this.player.cap();
    if (this.player.playing) this.capFault = fault;
    else this.fault = fault;
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

  /** The recording as it was before the edit that is on its way. Returns that edit. */
  private undo({ edit, marks, held }: Editing): Edit {
    this.editing = null;
    this.player.recording.recall(marks);
    for (const chunk of held) this.player.append(chunk, this.around.now());
    this.player.renew();
    return edit;
  }

  private halt(fault: Fault): void {
    this.fault = fault;
    this.player.halt();
  }
}
