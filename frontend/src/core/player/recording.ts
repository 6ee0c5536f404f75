/** The recording: what the server has sent, in flat arrays that grow. One writer (the session), many readers. */
import type { EventOf, NdArray, Verdict } from '../protocol/wire';
import { addFits, addMetrics, Samples } from './samples';
import { type Fit, type ModelMetrics, type Recording, STATUSES, type Track } from './track';

type Chunk = EventOf<'chunk'>;
type RunArrays = Chunk['runs'][number];

const FIRST_CAPACITY = 256;
const DIVERGED = STATUSES.indexOf('diverged');

/** Lengths of all tracks at one moment: what `recall` needs to undo a `forget`. */
export type Marks = readonly number[];

export class GrowingRecording implements Recording {
  tracks: readonly GrowingTrack[] = [];
  epoch = 0;
  /** Goes up with every change. */
  changes = 0;

  get last(): number {
    return Math.max(-1, ...this.tracks.map((track) => track.length - 1));
  }

  /** Another experiment: nothing is recorded of it. */
  begin(runs: number): void {
    this.tracks = Array.from({ length: runs }, () => new GrowingTrack());
    this.epoch += 1;
    this.changes += 1;
  }

  /** Adds the records that are not held yet. Throws where some between are missing: then nothing else would fit. */
  append(chunk: Chunk): void {
    for (const run of chunk.runs) {
      const track = this.tracks[run.run];
      if (!track) throw new Error(`records of run ${run.run}, which the experiment does not have`);
      track.append(run);
    }
    this.changes += 1;
  }

  /** Drops all records after a step. What was dropped can be had back with `recall` until something is appended. */
  forget(after: number): Marks {
    const marks = this.tracks.map((track) => track.length);
    this.cut(marks.map((length) => Math.min(length, after + 1)));
    return marks;
  }

  recall(marks: Marks): void {
    this.cut(marks);
  }

  /** One more run, the last: so far it is a copy of another. */
  fork(run: number): void {
    const track = this.tracks[run];
    if (!track) throw new Error(`there is no run ${run}`);
    this.tracks = [...this.tracks, track.copy(this.tracks.length)];
    this.changes += 1;
  }

  private cut(lengths: Marks): void {
    this.tracks.forEach((track, run) => track.cut(lengths[run] ?? 0));
    this.epoch += 1;
    this.changes += 1;
  }
}

/**
 * Where a run that diverged can still be helped: the last record that is no higher than its start. For any other run,
 * `head`. After its end a change would change nothing.
 */
export function lastRecoverable(track: Track, head: number): number {
  const end = track.divergedAt;
  if (end === null || head < end) return head;
  for (let step = end - 1; step > 0; step -= 1) {
    if ((track.loss[step] as number) <= (track.loss[0] as number)) return step;
  }
  return 0;
}

class GrowingTrack implements Track {
  length = 0;
  /** As the first records have it. */
  dim = 0;
  eigen = 0;
  loss = new Float64Array(0);
  params = new Float64Array(0);
  grad = new Float64Array(0);
  gradNorm = new Float64Array(0);
  update = new Float64Array(0);
  lr = new Float64Array(0);
  eigenvalues = new Float64Array(0);
  eigenvectors = new Float64Array(0);
  status = new Uint8Array(0);
  critical = new Uint8Array(0);
  /** With those that were cut, which `recall` may want back; `verdicts` are those of the records held. */
  private told: Verdict[] = [];
  private capacity = 0;
  private fits = new Samples<Fit>();
  private measures = new Samples<ModelMetrics>();

  get divergedAt(): number | null {
    // A diverged record is a run's last, so there is one place to look.
    return this.length > 0 && this.status[this.length - 1] === DIVERGED ? this.length - 1 : null;
  }

  get verdicts(): readonly Verdict[] {
    return this.told.length > 0 && (this.told.at(-1) as Verdict).step >= this.length
      ? this.told.filter((verdict) => verdict.step < this.length)
      : this.told;
  }

  fitAt(step: number): Fit | null {
    return this.fits.at(Math.min(step, this.length - 1));
  }

  metricsUpTo(step: number): readonly ModelMetrics[] {
    return this.measures.upTo(Math.min(step, this.length - 1));
  }

  append(run: RunArrays): void {
    const count = run.loss.values.length;
    const held = this.length - run.first; // records of this chunk that are here already
    if (held >= count) return;
    if (held < 0) throw new Error(`records ${this.length} to ${run.first - 1} of run ${run.run} are missing`);
    const length = run.first + count;
    if (this.length === 0) [this.dim, this.eigen] = [width(run.params), width(run.eigenvalues)];
    this.reserve(length);
    this.told = [...this.verdicts, ...run.verdicts.filter((verdict) => verdict.step >= this.length)];
    const { dim: n, eigen: q } = this;
    const put = (to: Float64Array | Uint8Array, from: RunArrays['loss'], width: number) =>
      to.set(from.values.subarray(held * width), this.length * width);
    put(this.loss, run.loss, 1);
    put(this.params, run.params, n);
    put(this.grad, run.grad, n);
    put(this.gradNorm, run.grad_norm, 1);
    put(this.update, run.update, n);
    put(this.lr, run.lr, 1);
    put(this.eigenvalues, run.eigenvalues, q);
    put(this.eigenvectors, run.eigenvectors, q * q);
    put(this.status, run.status, 1);
    put(this.critical, run.critical, 1);
    addFits(this.fits, run.frames, this.length - 1);
    addMetrics(this.measures, run.measures, this.length - 1);
    this.length = length;
  }

  cut(length: number): void {
    this.length = length;
  }

  /** The records held, as those of another run. */
  copy(run: number): GrowingTrack {
    const copy = new GrowingTrack();
    [copy.dim, copy.eigen] = [this.dim, this.eigen];
    copy.reserve(this.length);
    const { length, dim: n, eigen: q } = this;
    copy.loss.set(this.loss.subarray(0, length));
    copy.params.set(this.params.subarray(0, length * n));
    copy.grad.set(this.grad.subarray(0, length * n));
    copy.gradNorm.set(this.gradNorm.subarray(0, length));
    copy.update.set(this.update.subarray(0, length * n));
    copy.lr.set(this.lr.subarray(0, length));
    copy.eigenvalues.set(this.eigenvalues.subarray(0, length * q));
    copy.eigenvectors.set(this.eigenvectors.subarray(0, length * q * q));
    copy.status.set(this.status.subarray(0, length));
    copy.critical.set(this.critical.subarray(0, length));
    copy.told = this.verdicts.map((verdict) => (verdict.remedy ? { ...verdict, remedy: { ...verdict.remedy, run } } : verdict));
    copy.fits = this.fits.copy(length - 1);
    copy.measures = this.measures.copy(length - 1);
    copy.length = length;
    return copy;
  }

  private reserve(length: number): void {
    if (length <= this.capacity) return;
    this.capacity = Math.max(FIRST_CAPACITY, length, 2 * this.capacity);
    const { dim: n, eigen: q } = this;
    const reals = (old: Float64Array, width: number) => {
      const grown = new Float64Array(this.capacity * width);
      grown.set(old);
      return grown;
    };
    const bytes = (old: Uint8Array) => {
      const grown = new Uint8Array(this.capacity);
      grown.set(old);
      return grown;
    };
    this.loss = reals(this.loss, 1);
    this.params = reals(this.params, n);
    this.grad = reals(this.grad, n);
    this.gradNorm = reals(this.gradNorm, 1);
    this.update = reals(this.update, n);
    this.lr = reals(this.lr, 1);
    this.eigenvalues = reals(this.eigenvalues, q);
    this.eigenvectors = reals(this.eigenvectors, q * q);
    this.status = bytes(this.status);
    this.critical = bytes(this.critical);
  }
}

/** Numbers a record. */
function width(array: NdArray): number {
  return array.shape.slice(1).reduce((product, length) => product * length, 1);
}
