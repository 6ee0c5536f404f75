/** The experiment in the address: JSON, deflated, base64url. Whoever opens the address gets the same trajectory. */
import type { Experiment } from '../protocol/wire';
import { isExperiment, compact } from './compact';

/** An experiment has to fit in one message to the server; a larger one in an address is broken or a trap. */
const LARGEST = 64 * 1024;

export interface Address {
  readonly experiment: Experiment;
  /** The step on screen. */
  readonly step: number;
  /** The fingerprint of what its sender saw up to that step; null where the address says nothing of it. */
  readonly hash?: string | null;
}

/** The part after the `#`. */
export async function toHash({ experiment, step, hash }: Address): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(compact(experiment)));
  const packed = toBase64(await through(bytes, new CompressionStream('deflate-raw')));
  return `x=${packed}&step=${step}${hash ? `&hash=${hash}` : ''}`;
}

/**
 * What an address holds; null where it holds no experiment. part: with or without its `#`.
 * Throws where it is broken: cut off, mistyped, too large. Whether the experiment can be run is the server's to say.
 */
export async function fromHash(part: string): Promise<Address | null> {
  const fields = new URLSearchParams(part.replace(/^#/, ''));
  const packed = fields.get('x');
  if (packed === null) return null;
  const bytes = await through(fromBase64(packed), new DecompressionStream('deflate-raw'));
  const experiment: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  if (!isExperiment(experiment)) throw new Error('not an experiment');
  const step = Number(fields.get('step') ?? 0);
  const hash = fields.get('hash');
  return {
    experiment,
    step: Number.isSafeInteger(step) && step > 0 ? step : 0,
    hash: hash !== null && /^[0-9a-f]{8,64}$/.test(hash) ? hash : null,
  };
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // Its failure is the reader's too, where it is thrown.
  void Promise.all([writer.write(bytes), writer.close()]).catch(() => {});
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.readable.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength;
    if (size > LARGEST) {
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

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let place = 0; place < binary.length; place += 1) bytes[place] = binary.charCodeAt(place);
  return bytes;
}
