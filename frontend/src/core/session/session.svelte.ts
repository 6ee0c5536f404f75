/** The page's session: reactive fields, actions and frames to draw. types.ts documents each member. */
import { watchGestures } from '../browser/gestures';
import { language, watchLanguage } from '../browser/language';
import { remember, remembered } from '../browser/remember';
import { opening } from '../experiment/defaults';
import { fromHash } from '../experiment/url-hash';
import type { Lead } from '../player/lead';
import { Backoff } from '../protocol/backoff';
import { decodeEvent } from '../protocol/decode';
import { createProbe, type Probe } from '../protocol/probe';
import { Socket } from '../protocol/socket';
import type { Catalog, Engine, Experiment, Layer, Scene } from '../protocol/wire';
import { AddressKeeper } from './address-keeper';
import { AnimationLoop } from './animation-loop';
import { untilFetched } from './catalog-fetch';
import { brokenAddress } from './faults';
import { Fingerprint } from './fingerprint';
import { LiveExperiment } from './live-experiment';
import { Moves } from './moves';
import { Queries } from './queries';
import type { Change, Claim, Connection, Discarded, DrawState, Fault, Ghost, Opening, Session } from './types';
import { Undo } from './undo.svelte';

/**
 * The page's one session: connects and plays the experiment in the address, or the opening one, until `close`.
 *
 * room: the experiments are those of a room instead, which opens them: at first there is none, and the address stays.
 */
export function createSession(room = false): Session & { close(): void } {
  return new LiveSession(room);
}

/** Seconds: the longest wait between two tries to reach the server in a room, where a class waits too. */
const LONGEST_WAIT_IN_ROOM = 3;

class LiveSession extends Queries implements Session {
  catalog = $state.raw<Catalog | null>(null);
  experiment = $state.raw<Experiment | null>(null);
  engines = $state.raw<readonly Engine[]>([]);
  scene = $state.raw<Scene | null>(null);
  layers = $state.raw<readonly Layer[]>([]);
  head = $state.raw(0);
  last = $state.raw(-1);
  playing = $state.raw(true);
  resting = $state.raw(false);
  stopsAtRest = $state.raw(remembered('rest') !== 'goes on');
  speed = $state.raw(0);
  connection = $state.raw<Connection>('connecting');
  place = $state.raw(0);
  compiling = $state.raw(false);
  device = $state.raw('');
  torch = $state.raw('');
  fault = $state.raw<Fault | null>(null);
  claim = $state.raw<Claim | null>(null);
  ghosts = $state.raw<readonly Ghost[]>([]);

  private readonly gestures = watchGestures();
  private readonly changes = new Undo({
    moment: () => this.live.experiment && { experiment: this.live.experiment, step: this.live.head, last: this.live.player.recording.last },
    idle: () => this.live.idle,
    open: (moment, how) => this.open(moment.experiment, how),
    now: () => performance.now(),
  });
  private readonly moves = new Moves((step, run) => this.inspect(step, run), () => this.changed(), () => performance.now());
  private readonly fingerprints = new Fingerprint();
  private readonly probe: Probe;
  private readonly socket: Socket;
  protected readonly live: LiveExperiment;
  private readonly frames = new AnimationLoop((seconds) => this.frame(seconds));
  private readonly address = new AddressKeeper(() => !this.room && this.experiment && { experiment: this.experiment, step: this.live.head, marks: this.marks });
  private readonly stopWatchingLanguage: () => void;
  private readonly frameListeners = new Set<(state: DrawState) => void>();
  /** The values of the last frame drawn. */
  private drawn: readonly unknown[] = [];

  constructor(private readonly room: boolean) {
    super();
    this.probe = createProbe(new URL('api/health', document.baseURI).href);
    this.live = new LiveExperiment({
      send: (text) => this.socket.send(text),
      changed: () => this.changed(),
      now: () => performance.now(),
      hidden: () => document.visibilityState === 'hidden',
      language,
      gesture: () => this.gestures.now,
      replaced: (change) => this.changes.replaced(change),
    });
    this.live.player.stopsAtRest = this.stopsAtRest;
    if (!room) this.live.play();
    this.socket = new Socket({
      ...(room && { backoff: new Backoff(0.5, LONGEST_WAIT_IN_ROOM) }),
      url: new URL('api/live', document.baseURI).href.replace(/^http/, 'ws'),
      probe: this.probe,
      onOpen: () => this.live.connected(),
      onMessage: (message) => this.live.receive(decodeEvent(message)),
      onLost: (code) => this.live.lost(code),
      onFull: () => this.live.full(),
    });
    this.stopWatchingLanguage = watchLanguage(() => this.live.languageChanged());
    document.addEventListener('visibilitychange', this.visibilityChanged);
    if (!room) addEventListener('hashchange', this.addressChanged);
    void this.start();
  }

  close(): void {
    this.stopWatchingLanguage();
    this.gestures.stop();
    document.removeEventListener('visibilitychange', this.visibilityChanged);
    removeEventListener('hashchange', this.addressChanged);
    this.frames.stop();
    this.address.stop();
    this.socket.close();
  }

  get marks(): readonly number[] {
    return this.changes.marks;
  }

  get visible(): readonly boolean[] {
    return this.changes.visible;
  }

  get selected(): number {
    return this.changes.selected;
  }

  get canUndo(): boolean { return this.changes.canUndo; }
  get canRedo(): boolean { return this.changes.canRedo; }

  get discarded(): Discarded | null { return this.changes.discarded; }

  // --- actions ---

  async open(experiment: Experiment, how: Opening = {}): Promise<boolean> {
    const accepted = await this.live.open(experiment, how);
    if (accepted) this.experimentChanged();
    return accepted;
  }

  undo(): Promise<void> {
    return this.changes.go('undo');
  }

  redo(): Promise<void> {
    return this.changes.go('redo');
  }

  clearDiscarded(): void {
    this.changes.discarded = null;
  }

  edit(change: Change): void {
    this.live.edit(change);
    this.experimentChanged();
  }

  preview(changes: readonly Change[]): void {
    this.live.previews.want(changes);
    this.changed();
  }

  previewUpTo(step: number): void {
    this.live.previews.room = step;
  }

  async fork(change: Change): Promise<number | null> {
    const run = await this.live.fork(change);
    if (run !== null) this.experimentChanged();
    return run;
  }

  play(): void {
    this.live.play();
  }

  pause(): void {
    this.live.pause();
    this.address.changed();
  }

  setStopsAtRest(stops: boolean): void {
    this.stopsAtRest = this.live.player.stopsAtRest = stops;
    remember('rest', stops ? 'stops' : 'goes on');
  }

  stopAt(step: number): void {
    this.live.player.stopsAt = step;
  }

  follow(lead: (() => Lead) | null): void {
    this.live.player.follow(lead);
    this.changed();
  }

  playThrough(step: number): void {
    this.live.player.through = step;
  }

  seek(step: number): void {
    this.live.seek(step);
    if (!this.playing) this.address.changed();
  }

  stepBy(steps: number): void {
    this.live.stepBy(steps);
    this.address.changed();
  }

  setSpeed(stepsPerSecond: number): void {
    this.live.setSpeed(stepsPerSecond);
  }

  select(run: number): void {
    if (run >= 0 && run < this.visible.length) this.changes.selected = run;
    this.frames.wake();
  }

  setVisible(run: number, visible: boolean): void {
    this.changes.visible = this.visible.map((was, n) => (n === run ? visible : was));
    this.frames.wake();
  }

  clearFault(): void {
    this.live.fault = null;
    this.changed();
  }

  clearClaim(): void {
    this.claim = null;
  }

  fingerprint(): { step: number; hash: string } | null {
    const { recording, head } = this.live.player;
    if (!this.experiment || recording.last < 0) return null;
    return { step: head, hash: this.fingerprints.of(recording, this.experiment.dtype ?? 'float32', head) };
  }

  onFrame(draw: (state: DrawState) => void): () => void {
    this.frameListeners.add(draw);
    this.drawn = [];
    this.frames.wake();
    return () => this.frameListeners.delete(draw);
  }

  // --- start ---

  private async start(): Promise<void> {
    this.catalog = await untilFetched(this.probe);
    if (!this.room) await this.openAddress(true);
  }

  /** Opens the address's experiment. On failure sets `fault`; at the start it then opens the opening experiment. */
  private async openAddress(atStart: boolean): Promise<void> {
    let fault: Fault | null = null;
    try {
      const address = await fromHash(location.hash);
      if (address) {
        if (address.step > 0) this.live.pause();
        if (await this.live.open(address.experiment, { step: address.step, from: [] })) {
          this.changed();
          if (address.marks) this.changes.adopt(address.marks);
          this.claim = address.hash ? { step: address.step, there: address.hash, here: null } : null;
          return;
        }
        fault = this.live.fault;
        if (atStart) this.live.play();
      }
    } catch {
      fault = brokenAddress(language());
    }
    if (atStart && this.catalog) await this.live.open(opening(this.catalog));
    this.live.fault = fault ?? this.live.fault;
    this.changed();
  }

  private readonly addressChanged = (): void => {
    if (!this.address.own) void this.openAddress(false);
  };

  private readonly visibilityChanged = (): void => {
    this.frames.stop();
    this.live.visibilityChanged();
  };

  /** The link's claim was about the experiment before. */
  private experimentChanged(): void {
    this.claim = null;
    this.address.changed();
  }

  /** Computes our fingerprint once everything that the sender saw is recorded. */
  private checkClaim(): void {
    const { claim, experiment, live: { player } } = this;
    if (!claim || claim.here !== null || !experiment || (player.recording.last < claim.step && !player.stopped)) return;
    const here = this.fingerprints.of(player.recording, experiment.dtype ?? 'float32', claim.step).slice(0, claim.there.length);
    this.claim = { ...claim, here };
  }

  /** Updates the discrete fields; those that move with the recording are updated once a frame. */
  private changed(): void {
    const { live } = this;
    this.experiment = live.experiment;
    this.engines = live.engines;
    this.scene = live.scene;
    this.layers = live.layers;
    this.playing = live.player.playing;
    this.resting = live.player.resting;
    this.speed = live.player.playhead.speed;
    this.connection = live.connection;
    this.place = live.place;
    this.compiling = live.compiling;
    this.device = live.device;
    this.torch = live.torch;
    this.fault = live.fault;
    if (live.experiment) this.changes.begin(live.experiment.runs.length);
    this.changes.continue();
    this.frames.wake();
  }

  private frame(seconds: number): boolean {
    const { live } = this;
    const more = live.tick(seconds);
    if (this.playing !== live.player.playing) this.address.changed();
    this.playing = live.player.playing;
    this.resting = live.player.resting;
    this.head = live.head;
    this.last = live.player.recording.last;
    this.ghosts = live.previews.ghosts;
    this.checkClaim();
    this.draw();
    return more;
  }

  private draw(): void {
    const { experiment, scene, visible, selected, ghosts, live } = this;
    const { recording, head } = live.player;
    if (!experiment || recording.last < 0) return;
    const moves = this.moves.update(experiment, recording);
    const values = [experiment, scene, recording.changes, head, visible, selected, ghosts, moves];
    if (values.every((value, n) => value === this.drawn[n])) return;
    this.drawn = values;
    const state: DrawState = { experiment, scene, recording, head, visible, selected, ghosts, moves };
    for (const draw of this.frameListeners) {
      try {
        draw(state);
      } catch (error) {
        reportError(error); // the other listeners still draw
      }
    }
  }
}
