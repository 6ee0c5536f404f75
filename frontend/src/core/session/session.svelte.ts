/** The session as the page sees it: reactive fields, actions, and frames to draw. See types.ts for what each promises. */
import { fetchCatalog } from '../experiment/catalog';
import { opening } from '../experiment/defaults';
import { fromHash } from '../experiment/url-hash';
import type { Fit } from '../player/track';
import { Backoff } from '../protocol/backoff';
import { decodeEvent } from '../protocol/decode';
import { createProbe, type Probe } from '../protocol/probe';
import { Socket } from '../protocol/socket';
import type { Catalog, CriticalPoint, DataPicture, Experiment, GradientCheckAnswer, GraphAnswer, GraphQuery, Inspected, Layer, PlaneAnswer, PlaneQuery, RatesAnswer, Scene } from '../protocol/wire';
import { AddressKeeper } from './address-keeper';
import { AnimationLoop } from './animation-loop';
import { Fingerprint } from './fingerprint';
import { LiveExperiment } from './live-experiment';
import type { Change, Claim, Connection, DrawState, Fault, Grid, Session } from './types';

/** Steps a second at which the opening state is easy to follow. */
const FIRST_SPEED = 10;

const BROKEN = {
  en: 'The experiment in the address cannot be read; perhaps a part of the address is missing.',
  zh: '无法读取地址中的实验；地址可能不完整。',
};

/** The page's language, for what the server says. */
function language(): 'en' | 'zh' {
  return document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
}

/** The one session of the page: connects, plays the experiment in the address or the opening one, and goes on until `close`. */
export function createSession(): Session & { close(): void } {
  return new LiveSession();
}

class LiveSession implements Session {
  catalog = $state.raw<Catalog | null>(null);
  experiment = $state.raw<Experiment | null>(null);
  scene = $state.raw<Scene | null>(null);
  layers = $state.raw<readonly Layer[]>([]);
  head = $state.raw(0);
  last = $state.raw(-1);
  playing = $state.raw(true);
  speed = $state.raw(FIRST_SPEED);
  connection = $state.raw<Connection>('connecting');
  device = $state.raw('');
  torch = $state.raw('');
  fault = $state.raw<Fault | null>(null);
  claim = $state.raw<Claim | null>(null);
  visible = $state.raw<readonly boolean[]>([]);
  selected = $state.raw(0);

  private readonly signs = new Fingerprint();
  private readonly probe: Probe;
  private readonly socket: Socket;
  private readonly live: LiveExperiment;
  private readonly frames = new AnimationLoop((_now, seconds) => this.beat(seconds));
  private readonly address = new AddressKeeper(() => this.experiment && { experiment: this.experiment, step: this.live.head });
  private readonly words = new MutationObserver(() => this.live.languageChanged());
  private readonly draws = new Set<(frame: DrawState) => void>();
  private drawn: readonly unknown[] = [];

  constructor() {
    this.probe = createProbe(new URL('api/health', document.baseURI).href);
    this.live = new LiveExperiment({
      link: { send: (text) => this.socket.send(text) },
      changed: () => this.changed(),
      now: () => performance.now(),
      hidden: () => document.visibilityState === 'hidden',
      language,
    });
    this.live.setSpeed(FIRST_SPEED);
    this.live.play();
    this.socket = new Socket({
      url: new URL('api/live', document.baseURI).href.replace(/^http/, 'ws'),
      probe: this.probe,
      onOpen: () => this.live.connected(),
      onMessage: (message) => this.live.receive(decodeEvent(message)),
      onLost: (code) => this.live.lost(code),
    });
    this.words.observe(document.documentElement, { attributes: true, attributeFilter: ['lang'] });
    document.addEventListener('visibilitychange', this.looked);
    addEventListener('hashchange', this.addressChanged);
    void this.start();
  }

  close(): void {
    this.words.disconnect();
    document.removeEventListener('visibilitychange', this.looked);
    removeEventListener('hashchange', this.addressChanged);
    this.frames.stop();
    this.address.stop();
    this.socket.close();
  }

  // --- actions ---

  async open(experiment: Experiment): Promise<boolean> {
    const accepted = await this.live.open(experiment);
    if (accepted) this.altered();
    return accepted;
  }

  edit(change: Change): void {
    this.live.edit(change);
    this.altered();
  }

  async fork(change: Change): Promise<number | null> {
    const run = await this.live.fork(change);
    if (run !== null) this.altered();
    return run;
  }

  play(): void {
    this.live.play();
  }

  pause(): void {
    this.live.pause();
    this.address.changed();
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
    if (run >= 0 && run < this.visible.length) this.selected = run;
    this.frames.wake();
  }

  setVisible(run: number, visible: boolean): void {
    this.visible = this.visible.map((was, n) => (n === run ? visible : was));
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
    return { step: head, hash: this.signs.of(recording, this.experiment.dtype ?? 'float32', head) };
  }

  async surface(bounds: [number, number][], shape: number[]): Promise<Grid> {
    const { z, bounds: given } = await this.live.questions.surfaces.ask({ op: 'surface', bounds, shape });
    const nx = z.shape.at(-1) ?? 0;
    const ny = z.shape.length > 1 ? (z.shape[0] ?? 0) : 1;
    return { bounds: given, nx, ny, z: z.values instanceof Float32Array ? z.values : Float32Array.from(z.values) };
  }

  async points(bounds: [number, number][]): Promise<readonly CriticalPoint[]> {
    return (await this.live.questions.points.ask({ op: 'points', bounds })).points;
  }

  data(): Promise<DataPicture> {
    return this.live.questions.data.ask({ op: 'data' });
  }

  async fit(step: number, run: number): Promise<Fit> {
    const { fit, weights } = await this.live.questions.fits.ask({ op: 'fit', step, run });
    const [points = 0, outputs = 0] = fit.shape;
    const values = fit.values as Float32Array;
    return { step, points, outputs, values, weights: weights.values.length > 0 ? weights.values : null };
  }

  async inspect(step: number, run: number): Promise<Inspected> {
    return this.live.questions.inspections.ask({ op: 'inspect', step, run });
  }

  async rates(until: number | null): Promise<RatesAnswer> {
    return (await this.live.questions.rates.ask({ op: 'rates', until })).runs;
  }

  plane(wanted: PlaneQuery): Promise<PlaneAnswer> {
    return this.live.questions.planes.ask({ op: 'plane', ...wanted });
  }

  graph(wanted: GraphQuery): Promise<GraphAnswer> {
    return this.live.questions.graphs.ask({ op: 'graph', ...wanted });
  }

  check(step: number, run: number, delta: number): Promise<GradientCheckAnswer> {
    return this.live.questions.checks.ask({ op: 'check', step, run, delta });
  }

  onFrame(draw: (frame: DrawState) => void): () => void {
    this.draws.add(draw);
    this.drawn = [];
    this.frames.wake();
    return () => this.draws.delete(draw);
  }

  // --- how it begins ---

  private async start(): Promise<void> {
    this.catalog = await this.untilFetched();
    await this.openAddress(true);
  }

  /** The page has come from the server, so this succeeds at once, unless the server goes away in that moment. */
  private async untilFetched(): Promise<Catalog> {
    const url = new URL('api/catalog', document.baseURI).href;
    for (const backoff = new Backoff(); ; ) {
      try {
        return await fetchCatalog(url);
      } catch {
        do await new Promise((resolve) => setTimeout(resolve, backoff.next()));
        while (!(await this.probe.ask()));
      }
    }
  }

  /** Opens what the address holds; what cannot be opened is said, and at the start the opening experiment plays instead. */
  private async openAddress(atStart: boolean): Promise<void> {
    let fault: Fault | null = null;
    try {
      const address = await fromHash(location.hash);
      if (address) {
        if (address.step > 0) this.live.pause();
        if (await this.live.open(address.experiment, address.step)) {
          this.claim = address.hash ? { step: address.step, there: address.hash, here: null } : null;
          return;
        }
        fault = this.live.fault;
        if (atStart) this.live.play();
      }
    } catch {
      fault = { code: 'bad_address', field: '', message: BROKEN[language()], column: null };
    }
    if (atStart && this.catalog) await this.live.open(opening(this.catalog));
    this.live.fault = fault ?? this.live.fault;
    this.changed();
  }

  private readonly addressChanged = (): void => {
    if (!this.address.own) void this.openAddress(false);
  };

  // --- how it goes on ---

  private readonly looked = (): void => {
    this.frames.stop();
    this.live.visibilityChanged();
  };

  /** The experiment is another one: what a link said of the one before is no concern of it. */
  private altered(): void {
    this.claim = null;
    this.address.changed();
  }

  /** As soon as all is recorded that the sender saw. */
  private checkClaim(): void {
    const { claim, experiment, live: { player } } = this;
    if (!claim || claim.here !== null || !experiment || (player.recording.last < claim.step && !player.stopped)) return;
    const here = this.signs.of(player.recording, experiment.dtype ?? 'float32', claim.step).slice(0, claim.there.length);
    this.claim = { ...claim, here };
  }

  /** Discrete fields follow at once; what moves with the recording follows once a frame. */
  private changed(): void {
    const { live } = this;
    this.experiment = live.experiment;
    this.scene = live.scene;
    this.layers = live.layers;
    this.playing = live.player.playing;
    this.speed = live.player.playhead.speed;
    this.connection = live.connection;
    this.device = live.device;
    this.torch = live.torch;
    this.fault = live.fault;
    const runs = live.experiment?.runs.length ?? 0;
    if (runs !== this.visible.length) {
      this.visible = Array.from({ length: runs }, (_, run) => this.visible[run] ?? true);
      this.selected = Math.min(this.selected, Math.max(0, runs - 1));
    }
    this.frames.wake();
  }

  private beat(seconds: number): boolean {
    const { live } = this;
    const more = live.tick(seconds);
    if (this.playing !== live.player.playing) this.address.changed();
    this.playing = live.player.playing;
    this.head = live.head;
    this.last = live.player.recording.last;
    this.checkClaim();
    this.draw();
    return more;
  }

  private draw(): void {
    const { experiment, scene, visible, selected, live } = this;
    const { recording, head } = live.player;
    if (!experiment || recording.last < 0) return;
    const now = [experiment, scene, recording.changes, head, visible, selected];
    if (now.every((value, n) => value === this.drawn[n])) return;
    this.drawn = now;
    const frame: DrawState = { experiment, scene, recording, head, visible, selected };
    for (const draw of this.draws) {
      try {
        draw(frame);
      } catch (error) {
        reportError(error); // one drawing that fails takes no other with it
      }
    }
  }
}
