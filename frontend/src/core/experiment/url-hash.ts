/** The experiment in the address: JSON, deflated, base64url. The address reproduces the same trajectory. */
import type { Experiment } from '../protocol/wire';
import { fromBase64, toBase64 } from '../protocol/base64';
import { compact, isExperiment } from './compact';

/** Bytes of JSON: the server takes no larger message. Also limits what a malicious address decompresses to. */
const MAX_BYTES = 64 * 1024;

export interface Address {
  readonly experiment: Experiment;
  /** The step on screen. */
  readonly step: number;
  /** The sender's fingerprint up to that step; null where the address has none. */
  readonly hash?: string | null;
  /** Each run's mark; left out where they are the runs' own numbers. */
  readonly marks?: readonly number[] | undefined;
}

/** The part after the `#`. */
export async function toHash({ experiment, step, hash, marks = [] }: Address): Promise<string> {
  const own = marks.some((mark, run) => mark !== run) ? `&marks=${marks.join('.')}` : '';
  return `x=${await pack(compact(experiment))}&step=${step}${hash ? `&hash=${hash}` : ''}${own}`;
}

/**
 * What an address holds; null where it holds no experiment. text: with or without its `#`. The server validates the
 * experiment later. Throws where the address is cut off, mistyped or too large.
 */
export async function fromHash(text: string): Promise<Address | null> {
  const fields = new URLSearchParams(text.replace(/^#/, ''));
  const packed = fields.get('x');
  if (packed === null) return null;
  const experiment = await unpack(packed);
  if (!isExperiment(experiment)) throw new Error('not an experiment');
  const step = Number(fields.get('step') ?? 0);
  const hash = fields.get('hash');
  const marks = fields.get('marks') ?? '';
  return {
    experiment,
    step: Number.isSafeInteger(step) && step > 0 ? step : 0,
    hash: hash !== null && /^[0-9a-f]{8,64}$/.test(hash) ? hash : null,
    marks: /^\d(\.\d)*$/.test(marks) ? marks.split('.').map(Number) : undefined,
  };
}

/** A value as it stands in an address. */
export async function pack(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return toBase64Url(await through(bytes, new CompressionStream('deflate-raw')));
}

/** The value that `pack` packed. Throws where it is cut off, mistyped or too large. */
export async function unpack(packed: string): Promise<unknown> {
  const bytes = await through(fromBase64(packed.replaceAll('-', '+').replaceAll('_', '/')), new DecompressionStream('deflate-raw'));
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // A failed write also fails the reader, which throws below.
  void Promise.all([writer.write(bytes), writer.close()]).catch(() => {});
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.readable.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > MAX_BYTES) {
      void reader.cancel().catch(() => {});
      throw new Error('too large');
    }
    pieces.push(read.value);
  }
  const whole = new Uint8Array(size);
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.byteLength;
  }
  return whole;
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
