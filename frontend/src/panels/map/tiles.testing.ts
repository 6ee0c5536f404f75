/** Tiles of a made-up sweep, as the server sends them. */
import type { NdArray, Sweep, Tile } from '../../core/protocol/wire';

export function sweepOfSide(count: number): Sweep {
  const experiment = { version: 1, problem: { kind: 'surface', id: 'ravine' }, runs: [{ optimizer: { id: 'sgd' }, start: [1, 1] }] } as Sweep['experiment'];
  const axis = { scale: 'linear', low: 0, high: count - 1, count } as const;
  return { version: 1, experiment, axes: [{ set: 'a', ...axis }, { set: 'b', ...axis }], steps: 100, measure: 'outcome' };
}

/** The pixel (i, j) has step 10 i + j, and diverges where i > j. */
export function tile(number: number, count: number, starts: [number, number], stride: number, side: number): Tile {
  const status = new Uint8Array(side * side);
  const step = new Int32Array(side * side);
  const minimum = new Int32Array(side * side);
  for (let k = 0; k < side; k += 1) {
    for (let m = 0; m < side; m += 1) {
      const [i, j, at] = [starts[0] + k * stride, starts[1] + m * stride, k * side + m];
      status[at] = i > j ? 2 : 1;
      step[at] = 10 * i + j;
      minimum[at] = i > j ? -1 : j % 2;
    }
  }
  const along = (start: number): NdArray => ({ dtype: '<f8', shape: [side], values: Float64Array.from({ length: side }, (_, k) => start + k * stride) });
  const shape = [side, side];
  return {
    op: 'tile', id: 1, number, count, starts, strides: [stride, stride], counts: shape, values: starts.map(along),
    arrays: { status: { dtype: '|u1', shape, values: status }, step: { dtype: '<i4', shape, values: step }, minimum: { dtype: '<i4', shape, values: minimum } },
    minima: { dtype: '<f8', shape: [2, 2], values: Float64Array.of(3, 2, -1, 0) }, curvature: null,
  };
}

/** All tiles of a picture of 4 by 4, in their order. */
export const TILES: readonly Tile[] = [
  tile(0, 4, [0, 0], 2, 2),
  tile(1, 4, [0, 1], 2, 2),
  tile(2, 4, [1, 0], 2, 2),
  tile(3, 4, [1, 1], 2, 2),
];

/** The same picture with a number at each pixel. */
export function valueTiles(value: (i: number, j: number) => number): Tile[] {
  return TILES.map((one) => {
    const [x, y] = one.starts as [number, number];
    const values = Float64Array.from({ length: 4 }, (_, n) => value(x + 2 * Math.floor(n / 2), y + 2 * (n % 2)));
    return { ...one, arrays: { value: { dtype: '<f8', shape: [2, 2], values } } };
  });
}
