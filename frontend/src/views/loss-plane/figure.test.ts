import { expect, test } from 'vitest';
import type { PlaneAnswer } from '../../core/protocol/wire';
import { percentage, pointCount } from './figure';
import { lossLines } from './losses';

test('shares have enough digits, and are never 100 % or 0 % where they are only near it', () => {
  const written = [0, 0.00001, 0.004, 0.053, 0.928, 0.9913, 0.99995, 1, 1 + 1e-12].map((share) => percentage(share).replaceAll('\u00a0', ' '));
  expect(written).toEqual(['0 %', '< 0.01 %', '0.40 %', '5.3 %', '92.8 %', '99.13 %', '> 99.99 %', '100 %', '100 %']);
});

test('the two lines of a path share one scale, logarithmic above 0, and skip what is not finite', () => {
  const array = (values: number[]) => ({ dtype: '<f8' as const, shape: [values.length], values: Float64Array.from(values) });
  const path = {
    run: 1, steps: array([0, 5, 10]), at: array([0, 0, 0, 0, 0, 0]), loss: array([100, 10, 1]), on_plane: array([100, Number.POSITIVE_INFINITY, 10]),
  };
  const plane = { step: 10, paths: [path] } as unknown as PlaneAnswer;
  expect(lossLines(plane, 100, 50)).toEqual([{ run: 1, real: 'M0.0 0.0L50.0 25.0L100.0 50.0', onPlane: 'M0.0 0.0L100.0 25.0' }]);
  const below = { step: 10, paths: [{ ...path, loss: array([2, 1, -2]), on_plane: array([0, 0, 0]) }] } as unknown as PlaneAnswer;
  expect(lossLines(below, 100, 50)[0]?.real).toBe('M0.0 0.0L50.0 12.5L100.0 50.0');
});

test('the points of all paths are counted', () => {
  const path = (steps: number[]) => ({ steps: { values: Int32Array.from(steps) } });
  expect(pointCount({ paths: [path([0, 1, 5]), path([0, 5])] } as unknown as PlaneAnswer)).toBe(5);
});
