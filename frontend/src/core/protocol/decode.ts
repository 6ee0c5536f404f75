/** Decodes the server's messages: JSON, or MessagePack whose arrays become typed arrays. */
import { decode } from '@msgpack/msgpack';
import type { NdArray, Schemas, ServerEvent } from './wire';

type Dtype = Schemas['WireArray']['dtype'];

/** Typed array of each dtype. Little-endian, like every platform with a browser. */
const READERS: { readonly [D in Dtype]: (bytes: ArrayBuffer) => NdArray['values'] } = {
  '<f4': (bytes) => new Float32Array(bytes),
  '<f8': (bytes) => new Float64Array(bytes),
  '<i4': (bytes) => new Int32Array(bytes),
  '|u1': (bytes) => new Uint8Array(bytes),
};

/** The event in a message. Throws where there is none. Arrays keep NaN and infinity. */
export function decodeEvent(message: string | ArrayBuffer): ServerEvent {
  const data: unknown = typeof message === 'string' ? JSON.parse(message) : unpack(decode(message));
  if (!isEvent(data)) throw new Error('a message of the server without an op');
  return data;
}

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (!isMap(value)) return value;
  const { dtype, shape, data } = value;
  if (isDtype(dtype) && data instanceof Uint8Array) {
    return { dtype, shape, values: READERS[dtype](aligned(data)) };
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, unpack(item)]));
}

/** A copy of the bytes: in the message they are not aligned as typed arrays require. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(READERS, value);
}

// The server validates its own messages, so the other fields are not checked.
function isEvent(value: unknown): value is ServerEvent {
  return isMap(value) && typeof value['op'] === 'string';
}
