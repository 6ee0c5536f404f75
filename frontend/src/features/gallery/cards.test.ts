import { expect, test } from 'vitest';
import type { Track } from '../../core/player/track';
import { compare, type Column } from './cards';

function track(loss: number[], params: number[][] = loss.map(() => [0])): Track {
  const dim = params[0]?.length ?? 0;
  return {
    length: loss.length, dim, loss: Float64Array.from(loss), params: Float64Array.from(params.flat()), grad: Float64Array.from(params.flat()),
  } as unknown as Track;
}

const LOSS: Column = { title: { en: 'loss', zh: '损失' }, reads: 'loss', index: 0, after: 0 };

test('a figure is compared to as many digits as are printed', () => {
  expect(compare(track([0.5627]), LOSS, 0, '0.562')).toEqual({ printed: '0.562', ours: '0.563', same: false });
  expect(compare(track([0.5625]), LOSS, 0, '0.562')).toEqual({ printed: '0.562', ours: '0.562', same: true });
  expect(compare(track([0.0352]), LOSS, 0, '0.035')).toEqual({ printed: '0.035', ours: '0.035', same: true });
  expect(compare(track([7.8187]), LOSS, 0, '7.82').same).toBe(true);
  expect(compare(track([7.8287]), LOSS, 0, '7.82').same).toBe(false);
});

test('digits beyond a float32 need not agree, those within must', () => {
  expect(compare(track([Math.fround(29.105247)]), LOSS, 0, '29.105242').same).toBe(true);
  expect(compare(track([Math.fround(29.10526)]), LOSS, 0, '29.105242').same).toBe(false);
  expect(compare(track([Math.fround(0.23246)]), LOSS, 0, '0.2324').same).toBe(false);
});

test('a column may read a later record, and what is not recorded yet is not there', () => {
  const after: Column = { ...LOSS, reads: 'param', index: 1, after: 1 };
  const two = track([1, 2], [[1, 2], [3, 4]]);
  expect(compare(two, after, 0, '4').same).toBe(true);
  expect(compare(two, after, 1, '4')).toEqual({ printed: '4', ours: '', same: false });
});

test('negative zero is zero', () => {
  expect(compare(track([-0.0001]), LOSS, 0, '0.000').same).toBe(true);
});
