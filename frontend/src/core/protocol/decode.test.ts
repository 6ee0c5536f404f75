import { encode } from '@msgpack/msgpack';
import { describe, expect, it } from 'vitest';
import { decodeEvent } from './decode';

function message(value: unknown): ArrayBuffer {
  const bytes = encode(value);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

function wire(dtype: string, values: Float32Array | Float64Array | Uint8Array, shape = [values.length]) {
  return { dtype, shape, data: new Uint8Array(values.buffer) };
}

describe('decodeEvent', () => {
  it('reads JSON text', () => {
    const event = decodeEvent('{"op": "closed", "id": 4}');
    expect(event).toEqual({ op: 'closed', id: 4 });
  });

  it('reads each dtype, NaN and infinity as themselves', () => {
    const z = new Float32Array([1.5, NaN, Infinity, -Infinity, 3e38]);
    const event = decodeEvent(message({ op: 'surface', id: 1, bounds: [[-1, 1]], z: wire('<f4', z) }));
    if (event.op !== 'surface') throw new Error(event.op);
    expect(event.z.values).toEqual(z);
    expect(event.z.shape).toEqual([5]);
    expect(event.bounds).toEqual([[-1, 1]]);
  });

  it('reads arrays at every offset of the message', () => {
    const exact = new Float64Array([0.1, NaN, -Infinity, 1e308]);
    for (let pad = 0; pad < 9; pad += 1) {
      const event = decodeEvent(message({ pad: 'x'.repeat(pad), op: 'surface', id: 1, bounds: [], z: wire('<f8', exact) }));
      if (event.op !== 'surface') throw new Error(event.op);
      expect(event.z.values).toEqual(exact);
    }
  });

  it('reads arrays inside runs and state', () => {
    const run = {
      run: 0,
      first: 3,
      status: wire('|u1', new Uint8Array([0, 2])),
      state: { exp_avg: wire('<f4', new Float32Array([1, 2, 3, 4]), [2, 2]) },
    };
    const event = decodeEvent(message({ op: 'chunk', revision: 2, first: 3, last: 4, stopped: false, runs: [run] }));
    if (event.op !== 'chunk') throw new Error(event.op);
    expect(event.runs[0]?.first).toBe(3);
    expect(event.runs[0]?.status.values).toEqual(new Uint8Array([0, 2]));
    expect(event.runs[0]?.state['exp_avg']).toEqual({ dtype: '<f4', shape: [2, 2], values: new Float32Array([1, 2, 3, 4]) });
  });

  it('refuses what is no event', () => {
    expect(() => decodeEvent('[]')).toThrow();
    expect(() => decodeEvent('{"id": 1}')).toThrow(/without an op/);
    expect(() => decodeEvent('not json')).toThrow();
    expect(() => decodeEvent(message([1, 2]))).toThrow(/without an op/);
    expect(() => decodeEvent(new Uint8Array([0xc1]).buffer)).toThrow();
  });
});
