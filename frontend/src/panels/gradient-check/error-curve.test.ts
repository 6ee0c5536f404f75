import { expect, test } from 'vitest';
import type { GradientCheckAnswer } from '../../core/protocol/wire';
import { axesOf, least, lineOf, shapeOf } from './error-curve';

const checked = {
  deltas: [1e-1, 1e-2, 1e-3],
  errors32: [1e-2, 1e-4, 'NaN'],
  errors64: [1e-2, 0, 1e-6],
} as unknown as GradientCheckAnswer;
const BOX = { left: 10, top: 0, width: 100, height: 60 };

test('both axes are logarithmic and hold every error', () => {
  const axes = axesOf(checked, BOX);
  expect([axes.x(1e-3), axes.x(1e-2), axes.x(1e-1)]).toEqual([10, 60, 110]);
  expect([axes.y(1e-6), axes.y(1e-3), axes.y(1)]).toEqual([60, 30, 0]);
  expect(axes.errors).toEqual([-6, -4, -2, 0]);
});

test('a line leaves out what has no logarithm', () => {
  const axes = axesOf(checked, BOX);
  expect(lineOf(checked.deltas, checked.errors32, axes)).toBe('M110.0 20.0L60.0 40.0');
  expect(lineOf(checked.deltas, checked.errors64, axes)).toBe('M110.0 20.0L10.0 60.0');
});

test('the best delta is the one with the least error', () => {
  expect(least(checked.deltas, checked.errors32)).toEqual({ delta: 1e-2, error: 1e-4 });
});

test('the caption is about the curve that there is', () => {
  const deltas = [1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10];
  const shape = (errors64: number[]) => shapeOf({ deltas, errors64 } as unknown as GradientCheckAnswer);
  expect(shape([1e-1, 1e-5, 1e-9, 1e-10, 1e-8, 1e-6])).toBe('dip');
  expect(shape([2e-16, 0, 1e-12, 1e-10, 1e-8, 1e-6])).toBe('rounding'); // a parabola
  expect(shape([1e-1, 1e-5, 1e-9, 1e-13, 1e-13, 1e-13])).toBe('formula');
  expect(shape([0, 0, 0, 0, 0, 0])).toBe('exact');
});
