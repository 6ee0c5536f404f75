import { describe, expect, it } from 'vitest';
import type { DataPicture, Layer, NdArray, NeuronsAnswer } from '../../core/protocol/wire';
import { endsOf, layOut, linkAt, middleOf, neuronAt, TEXT_HEIGHT, widthOf } from './layout';
import { biasOf, columnsOf, linksTo, neuronByKey, placeOf } from './net';
import { spansOf } from './neuron-maps';
import { shortened } from './picture';

const layer = (shape: number[], name = ''): Layer => ({ name, shape, weight: shape.length > 1 });
/** 2-3-1: weights 0 to 5, biases 6 to 8, weights 9 to 11, bias 12. */
const COLUMNS = columnsOf([layer([3, 2]), layer([3]), layer([1, 3]), layer([1])]);

describe('columnsOf', () => {
  it('has the inputs first, and the place of each tensor', () => {
    expect(COLUMNS).toEqual([
      { size: 2, weights: -1, biases: -1 },
      { size: 3, weights: 0, biases: 6 },
      { size: 1, weights: 9, biases: 12 },
    ]);
  });

  it('knows layers without biases, and no others than linear ones', () => {
    expect(columnsOf([layer([3, 2]), layer([1, 3])]).map(({ biases }) => biases)).toEqual([-1, -1, -1]);
    expect(columnsOf([layer([4, 1, 3, 3]), layer([4])])).toEqual([]);
  });
});

describe('neurons and links', () => {
  it('numbers neurons and weights as torch does', () => {
    expect(placeOf(COLUMNS, { column: 0, row: 1 })).toBe(1);
    expect(placeOf(COLUMNS, { column: 2, row: 0 })).toBe(5);
    expect(linksTo(COLUMNS, { column: 1, row: 2 }).map(({ from, index }) => [from, index])).toEqual([[0, 4], [1, 5]]);
    expect(linksTo(COLUMNS, { column: 0, row: 1 })).toEqual([]);
    expect(biasOf(COLUMNS, { column: 1, row: 2 })).toBe(8);
    expect(biasOf(COLUMNS, { column: 0, row: 0 })).toBe(-1);
  });

  it('leads by arrow keys from neuron to neuron, and not beyond the last', () => {
    expect(neuronByKey(COLUMNS, null, 'ArrowDown')).toEqual({ column: 1, row: 0 });
    expect(neuronByKey(COLUMNS, { column: 1, row: 2 }, 'ArrowDown')).toEqual({ column: 1, row: 2 });
    expect(neuronByKey(COLUMNS, { column: 1, row: 2 }, 'ArrowUp')).toEqual({ column: 1, row: 1 });
    expect(neuronByKey(COLUMNS, { column: 1, row: 2 }, 'ArrowLeft')).toEqual({ column: 0, row: 1 });
    expect(neuronByKey(COLUMNS, { column: 0, row: 1 }, 'ArrowLeft')).toEqual({ column: 0, row: 1 });
    expect(neuronByKey(COLUMNS, { column: 2, row: 0 }, 'ArrowLeft')).toEqual({ column: 1, row: 1 });
    expect(neuronByKey(COLUMNS, { column: 2, row: 0 }, 'Enter')).toBeNull();
  });
});

describe('layOut', () => {
  for (const [width, height] of [[260, 280], [390, 200], [700, 600]] as const) {
    it(`keeps neurons apart and inside of ${width} × ${height}`, () => {
      const wide = columnsOf([layer([8, 2]), layer([8]), layer([8, 8]), layer([8]), layer([8, 8]), layer([8]), layer([1, 8]), layer([1])]);
      const layout = layOut(wide, width, height);
      const half = layout.size / 2;
      expect(layout.links).toHaveLength(16 + 64 + 64 + 8);
      const all = wide.flatMap(({ size }, column) => Array.from({ length: size }, (_, row) => middleOf(layout, { column, row })));
      for (const [n, [x, y]] of all.entries()) {
        expect(x).toBeGreaterThanOrEqual(half);
        expect(x).toBeLessThanOrEqual(width - half);
        expect(y).toBeGreaterThanOrEqual(TEXT_HEIGHT + half);
        expect(y).toBeLessThanOrEqual(height - half);
        for (const [x2, y2] of all.slice(n + 1)) expect(Math.max(Math.abs(x - x2), Math.abs(y - y2))).toBeGreaterThan(layout.size);
      }
    });
  }

  it('finds what is at a point', () => {
    const layout = layOut(COLUMNS, 400, 300);
    const params = Array.from({ length: 13 }, () => 0.5);
    for (const neuron of [{ column: 0, row: 1 }, { column: 1, row: 2 }, { column: 2, row: 0 }]) {
      const [x, y] = middleOf(layout, neuron);
      expect(neuronAt(layout, x + layout.size / 2, y)).toEqual(neuron);
      expect(linkAt(layout, x, y, params)).toBeNull();
    }
    for (const link of layout.links) {
      const [x0, y0, x1, y1] = endsOf(layout, link);
      expect(linkAt(layout, x0 + 0.02 * (x1 - x0), y0, params)?.from).toBe(link.from);
      expect(linkAt(layout, x1 - 0.02 * (x1 - x0), y1, params)?.to).toEqual(link.to);
    }
    const [link] = layout.links;
    const [x0, y0, x1, y1] = endsOf(layout, link as NonNullable<typeof link>);
    expect(linkAt(layout, (x0 + x1) / 2, (y0 + y1) / 2, params)).toBe(link);
    expect(neuronAt(layout, 5, 5)).toBeNull();
  });
});

it('draws a larger weight wider, whatever its sign', () => {
  expect(widthOf(-1, 32)).toBe(widthOf(1, 32));
  expect([0, 0.1, 1, 10, 1000].map((weight) => widthOf(weight, 32))).toEqual([0, 0.1, 1, 10, 1000].map((weight) => widthOf(weight, 32)).sort((a, b) => a - b));
  expect(widthOf(1e9, 32)).toBeLessThan(9);
});

describe('spansOf', () => {
  const array = (values: number[], shape: number[]): NdArray => ({ dtype: '<f4', shape, values: Float32Array.from(values) });
  const answer = {
    columns: [{ size: 1, functions: [] }, { size: 2, functions: ['tanh'] }, { size: 1, functions: ['sigmoid'] }],
    shape: [2],
    maps: array([-4, 3, 0.5, -0.25, Number.NaN, 0.1, 0.9, 0.2], [4, 2]),
    means: array([0, 0, 0, 0.5], [4]),
  } as unknown as NeuronsAnswer;

  it('compares neurons of a layer, around 0, and gives each input its own', () => {
    expect(spansOf(answer, null).slice(0, 3)).toEqual([[-4, 4], [-0.5, 0.5], [-0.5, 0.5]]);
  });

  it('gives outputs the range of the decision map', () => {
    const data = { classes: [{}, {}], targets: array([-3, 5], [2, 1]) } as unknown as DataPicture;
    expect(spansOf(answer, data)[3]).toEqual([0, 1]);
    expect(spansOf(answer, { ...data, classes: [] })[3]).toEqual([-3, 5]);
  });

  it('knows the means where there are no maps', () => {
    const table = { ...answer, shape: [], maps: array([], [4, 0]), means: array([2, 0.25, -0.75, 1], [4]) };
    expect(spansOf(table, null)).toEqual([[-2, 2], [-0.75, 0.75], [-0.75, 0.75], [-1, 1]]);
  });
});

it('shortens a text to its room', () => {
  const width = (text: string): number => text.length;
  expect(shortened('petal', 5, width)).toBe('petal');
  expect(shortened('petal length', 6, width)).toBe('petal…');
  expect(shortened('petal', 1, width)).toBe('p…');
});
