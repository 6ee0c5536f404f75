/** The recording: the server's records in flat arrays that grow. Written by the session, read by everything else. */
import type { EventOf, NdArray, Verdict } from '../protocol/wire';
import { addFits, addMetrics, entrySize, Samples } from './samples';
import { type Fit, type ModelMetrics, type Reals, type Recording, STATUSES, type Track } from './track';

type Chunk = EventOf<'chunk'>;
type RunArrays = Chunk['runs'][number];

const FIRST_CAPACITY = 256;
const DIVERGED = STATUSES.indexOf('diverged');
/** The state that counts an optimizer's evaluations, as torch's L-BFGS names it. */
const COUNT = 'func_evals';

/** The first records of a run that stay as those of a run of the next experiment. */
export interface Kept {
  readonly run: number;
  readonly length: number;
}

/** Lengths of all tracks, from which `recall` undoes a `forget`. */
export type TrackLengths = readonly number[];

export class GrowingRecording implements Recording {
  tracks: readonly GrowingTrack[] = [];
  epoch = 0;
  /** Goes up with every change. */
  changes = 0;

  get last(): number {
    return Math.max(-1, ...this.tracks.map((track) => track.length - 1));
  }

  /** The last step that is recorded of every run that goes on. */
  get complete(): number {
    return completeOf(this.tracks);
  }

  /** Another experiment. kept: for each of its runs, the records that it shares with the one before; null for none. */
  begin(kept: readonly (Kept | null)[]): void {
    const before = this.tracks;
    this.tracks = kept.map((one, run) => (one && before[one.run]?.copy(run, one.length)) ?? new GrowingTrack());
    this.epoch += 1;
    this.changes += 1;
  }

  /** Adds the records that are not held yet. Throws when records before them are missing. */
  append(chunk: Chunk): void {
    for (const run of chunk.runs) {
      const track = this.tracks[run.run];
      if (!track) throw new Error(`records of run ${run.run}, which is not in the experiment`);
      track.append(run);
    }
    this.changes += 1;
  }

  /** Drops all records after a step. `recall` restores them until something is appended. */
  forget(after: number): TrackLengths {
    const lengths = this.tracks.map((track) => track.length);
    this.cut(lengths.map((length) => Math.min(length, after + 1)));
    return lengths;
  }

  recall(lengths: TrackLengths): void {
    this.cut(lengths);
  }

  /** Adds a run, the last, as a copy of another. */
  fork(run: number): void {
    const track = this.tracks[run];
    if (!track) throw new Error(`there is no run ${run}`);
    this.tracks = [...this.tracks, track.copy(this.tracks.length)];
    this.changes += 1;
  }

  private cut(lengths: TrackLengths): void {
    this.tracks.forEach((track, run) => track.cut(lengths[run] ?? 0));
    this.epoch += 1;
    this.changes += 1;
  }
}

/**
 * The step at which a change can still save a diverged run: its last record with a loss no higher than at the start. For
 * any other run, `head`.
 */
export function lastRecoverable(track: Track, head: number): number {
  const end = track.divergedAt;
  if (end === null || head < end) return head;
  for (let step = end - 1; step > 0; step -= 1) {
    if ((track.loss[step] as number) <= (track.loss[0] as number)) return step;
  }
  return 0;
}

/** The last step that is recorded of every track that goes on; where all have ended, the last of all. */
export function completeOf(tracks: readonly Pick<Track, 'length' | 'divergedAt'>[]): number {
  const open = tracks.filter((track) => track.divergedAt === null);
  if (open.length > 0) return Math.min(...open.map((track) => track.length - 1));
  return Math.max(-1, ...tracks.map((track) => track.length - 1));
}

/** The width of a column: one number a record, two, one a parameter, one an eigenvalue, or a matrix of eigenvectors. */
const WIDTHS = {
  scalar: () => 1,
  pair: () => 2,
  vector: ({ dim }: Track) => dim,
  spectrum: ({ eigen }: Track) => eigen,
  basis: ({ eigen }: Track) => eigen ** 2,
};

/** The columns of a track: its field, the chunk's field, and the width. */
const COLUMNS = [
  ['loss', 'loss', WIDTHS.scalar],
  ['params', 'params', WIDTHS.vector],
  ['grad', 'grad', WIDTHS.vector],
  ['gradNorm', 'grad_norm', WIDTHS.scalar],
  ['update', 'update', WIDTHS.vector],
  ['lr', 'lr', WIDTHS.scalar],
  ['eigenvalues', 'eigenvalues', WIDTHS.spectrum],
  ['eigenvectors', 'eigenvectors', WIDTHS.basis],
  ['rateZones', 'rate_zones', WIDTHS.pair],
  ['status', 'status', WIDTHS.scalar],
  ['critical', 'critical', WIDTHS.scalar],
] as const;

class GrowingTrack implements Track {
  length = 0;
  /** As in the first records. */
  dim = 0;
  eigen = 0;
  loss: Reals = new Float64Array(0);
  params: Reals = new Float64Array(0);
  grad: Reals = new Float64Array(0);
  gradNorm: Reals = new Float64Array(0);
  update: Reals = new Float64Array(0);
  lr: Reals = new Float64Array(0);
  eigenvalues: Reals = new Float64Array(0);
  eigenvectors: Reals = new Float64Array(0);
  rateZones: Reals = new Float64Array(0);
  status = new Uint8Array(0);
  critical = new Uint8Array(0);
  /** Includes verdicts that were cut, which `recall` may restore; `verdicts` has those of the records held. */
  private allVerdicts: Verdict[] = [];
  /** [k] made by the optimizer in force since it was new, where it counts them; else NaN. */
  private evaluations: number[] = [];
  private capacity = 0;
  private fits = new Samples<Fit>();
  private metrics = new Samples<ModelMetrics>();

  get divergedAt(): number | null {
    // A diverged record is a run's last.
    return this.length > 0 && this.status[this.length - 1] === DIVERGED ? this.length - 1 : null;
  }

  get verdicts(): readonly Verdict[] {
    const all = this.allVerdicts;
    return all.length > 0 && (all.at(-1) as Verdict).step >= this.length ? all.filter(({ step }) => step < this.length) : all;
  }

  evaluationsUpTo(step: number): number {
    const last = Math.min(step, this.length - 1);
    const { evaluations } = this;
    let sum = 0;
    for (let k = 1; k <= last; k += 1) {
      const [before = Number.NaN, now = Number.NaN] = [evaluations[k - 1], evaluations[k]];
      sum += Number.isNaN(now) ? 1 : now >= before ? now - before : now;
    }
    return sum;
  }

  fitAt(step: number): Fit | null {
    return this.fits.at(Math.min(step, this.length - 1));
  }

  metricsUpTo(step: number): readonly ModelMetrics[] {
    return this.metrics.upTo(Math.min(step, this.length - 1));
  }

  append(run: RunArrays): void {
    const count = run.loss.values.length;
    const held = this.length - run.first; // records of this chunk that are held already
    if (held >= count) return;
    if (held < 0) throw new Error(`records ${this.length} to ${run.first - 1} of run ${run.run} are missing`);
    if (this.length === 0) [this.dim, this.eigen] = [entrySize(run.params), entrySize(run.eigenvalues)];
    if (this.capacity === 0) for (const [field, source] of COLUMNS) Object.assign(this, { [field]: sameKind(run[source].values, 0) });
    this.reserve(run.first + count);
    for (const [field, source, widthOf] of COLUMNS) {
      const width = widthOf(this);
      this[field].set(run[source].values.subarray(held * width), this.length * width);
    }
    const counted = run.state[COUNT]?.values;
    this.evaluations.length = this.length;
    for (let n = held; n < count; n += 1) this.evaluations.push(counted?.[n] ?? Number.NaN);
    this.allVerdicts = [...this.verdicts, ...run.verdicts.filter((verdict) => verdict.step >= this.length)];
    addFits(this.fits, run.frames, this.length - 1);
    addMetrics(this.metrics, run.measures, this.length - 1);
    this.length = run.first + count;
  }

  cut(length: number): void {
    this.length = length;
  }

  /** The first records held, all by default, as those of another run. */
  copy(run: number, most = Infinity): GrowingTrack {
    const copy = new GrowingTrack();
    const length = Math.min(this.length, most);
    [copy.dim, copy.eigen] = [this.dim, this.eigen];
    for (const [field] of COLUMNS) Object.assign(copy, { [field]: sameKind(this[field], 0) });
    copy.reserve(length);
    for (const [field, , widthOf] of COLUMNS) copy[field].set(this[field].subarray(0, length * widthOf(this)));
    copy.allVerdicts = this.verdicts
      .filter((verdict) => verdict.step < length)
      .map((verdict) => (verdict.remedy ? { ...verdict, remedy: { ...verdict.remedy, run } } : verdict));
    copy.evaluations = this.evaluations.slice(0, length);
    copy.fits = this.fits.copy(length - 1);
    copy.metrics = this.metrics.copy(length - 1);
    copy.length = length;
    return copy;
  }

  private reserve(length: number): void {
    if (length <= this.capacity) return;
    this.capacity = Math.max(FIRST_CAPACITY, length, 2 * this.capacity);
    for (const [field, , widthOf] of COLUMNS) {
      const old = this[field];
      const size = this.capacity * widthOf(this);
      const grown = sameKind(old, size);
      grown.set(old);
      Object.assign(this, { [field]: grown });
    }
  }
}

/** A new array of the same kind: half the memory for float32. */
function sameKind<T extends NdArray['values']>(like: T, size: number): T {
  return new (like.constructor as new (size: number) => T)(size);
}
