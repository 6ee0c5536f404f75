import { describe, expect, it } from 'vitest';
import { evaluate } from './expression';

const scope = { a: 2, b: 3, list: [1, -4], nothing: null, word: 'plain', deep: { c: 5 } };

describe('an expression', () => {
  it.each([
    ['1 + 2 * 3 - 4 / 2', 5],
    ['10 - 3 - 2', 5],
    ['-(a + b) * 1e-1', -0.5],
    ['deep.c - a', 3],
    ["word == 'plain' and not a > b", true],
    ['a > b or a <= 2', true],
    ['a == 2 or b == 2 and a == 3', true],
    ['nothing == None', true],
    ['deep.d.e != None', false],
    ['unknown', null],
    ['abs(min(list)) + len(list)', 6],
    ['max(0, a - b, -1)', 0],
  ])('%s', (source, value) => expect(evaluate(source, scope)).toBe(value));

  it.each(['', 'a +', '(a', 'a b', 'a ; b', 'eval(a)', "a == 'x", '2 <'])('%s is refused', (source) => {
    expect(() => evaluate(source, scope)).toThrow(SyntaxError);
  });
});
