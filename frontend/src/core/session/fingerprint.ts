/**
 * Short hash of a recording: equal hashes mean equal numbers, bit for bit. Defined in the backend's engine/fingerprint.py.
 *
 * Per run, SHA-256 over its records 0..min(step, its last): parameters, then loss, in the experiment's dtype,
 * little-endian, every NaN as the quiet NaN. The fingerprint is a prefix of the SHA-256 over the runs' digests, in order.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import type { Recording, Track } from '../player/track';
import type { Experiment } from '../protocol/wire';

/** Hexadecimal digits shown. */
const DIGITS = 10;
/** Records hashed at once. */
const CHUNK = 4096;

type Hasher = ReturnType<typeof sha256.create>;
type Dtype = NonNullable<Experiment['dtype']>;

/** Incremental: a growing recording is read once. */
export class Fingerprint {
  private epoch = -1;
  private dtype: Dtype = 'float32';
  private runs: { hasher: Hasher; until: number }[] = [];

  /** Of all records up to a step. */
  of(recording: Recording, dtype: Dtype, step: number): string {
    const { tracks, epoch } = recording;
    if (epoch !== this.epoch || dtype !== this.dtype || tracks.length !== this.runs.length) {
      this.runs = tracks.map(() => ({ hasher: sha256.create(), until: 0 }));
      this.epoch = epoch;
      this.dtype = dtype;
    }
    const whole = sha256.create();
    tracks.forEach((track, run) => whole.update(this.run(track, run, Math.min(step + 1, track.length))));
    return hex(whole.digest()).slice(0, DIGITS);
  }

  private run(track: Track, run: number, length: number): Uint8Array {
    let state = this.runs[run];
    if (!state || state.until > length) this.runs[run] = state = { hasher: sha256.create(), until: 0 };
    for (let from = state.until; from < length; from += CHUNK) {
      state.hasher.update(bytes(track, from, Math.min(from + CHUNK, length), this.dtype));
    }
    state.until = length;
    return state.hasher.clone().digest();
  }
}

function bytes({ dim, params, loss }: Track, from: number, until: number, dtype: Dtype): Uint8Array {
  const single = dtype === 'float32';
  const size = single ? 4 : 8;
  const view = new DataView(new ArrayBuffer((until - from) * (dim + 1) * size));
  let place = 0;
  const put = (value: number): void => {
    if (value !== value) {
      // A NaN's bits depend on the machine, so write the quiet NaN.
      view.setUint32(place, single ? 0x7fc00000 : 0, true);
      if (!single) view.setUint32(place + 4, 0x7ff80000, true);
    } else if (single) view.setFloat32(place, value, true);
    else view.setFloat64(place, value, true);
    place += size;
  };
  for (let k = from; k < until; k += 1) {
    for (let i = 0; i < dim; i += 1) put(params[k * dim + i] as number);
    put(loss[k] as number);
  }
  return new Uint8Array(view.buffer);
}

function hex(digest: Uint8Array): string {
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
