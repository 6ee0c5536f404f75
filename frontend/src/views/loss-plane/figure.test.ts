import { expect, test } from 'vitest';
import type { PlaneAnswer } from '../../core/protocol/wire';
import type { Theme } from '../../render/colours/theme-colours';
import { percentage, planeFigure, pointCount } from './figure';
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

test('the title of the second axis stands beside tick labels as long as -0.0005', () => {
  const array = (values: number[], shape: number[]) => ({ dtype: '<f4' as const, shape, values: Float32Array.from(values) });
  const plane = { z: array([1, 2, 3, 4], [2, 2]), bounds: [[-1, 1], [-1e-3, 1e-3]], shares: [0.9, 0.1], paths: [] } as unknown as PlaneAnswer;
  const theme = { heights: ['#eef', '#dcb'], fontScale: 1 } as unknown as Theme;
  const { layout } = planeFigure(plane, theme, { width: 300, height: 300 });
  // The label's seven characters at 11 pixels, ticks and standoff, and the title's line.
  expect(layout.margin?.l).toBeGreaterThanOrEqual(7 * 6 + 4 + 4 + 12);
});
