import { describe, expect, it } from 'vitest';
import type { SurfaceEntry } from '../../core/experiment/catalog';
import type { SurfaceProblem } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';
import { spanOf } from './parameter-span';
import { lettersOf, withFunction, without, withParam } from './problem';

const SURFACE = { id: 'expression', params: [{ id: 'expression' }, { id: 'radius' }], starts: [{ at: [1.5, 0.01] }] } as unknown as SurfaceEntry;

function typed(expression: string, more: Record<string, number> = {}, start = [3, 4]): Experiment {
  const problem = { kind: 'surface' as const, id: 'expression', params: { expression, radius: 2, ...more } };
  return { version: 1, problem, runs: [{ optimizer: { id: 'sgd' }, start }], edits: [] };
}

describe('the parameters of a typed function', () => {
  it('are what its problem has beside the declared params', () => {
    expect(lettersOf(typed('bx + a', { b: 2, a: 1 }).problem as SurfaceProblem, SURFACE)).toEqual([['a', 1], ['b', 2]]);
    expect(lettersOf(typed('x').problem as SurfaceProblem, SURFACE)).toEqual([]);
  });

  it('keep their values while the text has them', () => {
    const next = withFunction(typed('a*x^2 + b', { a: 2, b: 3 }), SURFACE, 'expression', 'a*x^4');
    expect(next.problem).toMatchObject({ params: { expression: 'a*x^4', radius: 2, a: 2 } });
    expect(Object.keys(next.problem.kind === 'surface' ? (next.problem.params ?? {}) : {})).not.toContain('b');
    expect(without(next, ['a']).problem).toMatchObject({ params: { expression: 'a*x^4', radius: 2 } });
  });

  it('have sliders that grow with them and never shrink', () => {
    expect([1, 5, 6, -30, 700].map((value) => spanOf(value))).toEqual([5, 5, 10, 50, 1000]);
    expect(spanOf(2, 50)).toBe(50);
  });
});

describe('the starts on a typed function', () => {
  it.each([['x^2', 1], ['xy', 2], ['2axy', 2], ['f(x, y) = x^2', 1], ['f(x, y) = y', 2], ['hypot(x, 1)', 1], ['x sin y', 2]])('%s: %i numbers', (text, count) => {
    expect(withParam(typed('x'), SURFACE, 'expression', text).runs[0]?.start).toHaveLength(count);
  });
});
