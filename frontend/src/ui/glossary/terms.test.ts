import { describe, expect, it } from 'vitest';
import { piecesOf } from './terms';

const marked = (sentence: string, language: 'en' | 'zh') =>
  piecesOf(sentence, language).flatMap(({ term, text }) => (term ? [[term, text]] : []));

describe('the terms of a sentence', () => {
  it('are marked once, in any form, and nothing is lost', () => {
    const said = 'lr × steepest curvature = 2.5, above the limit 2(1 + μ): each step overshoots farther. The curvature (λ = 1, 10) …';
    expect(marked(said, 'en')).toEqual([['curvature', 'curvature'], ['mu', 'μ'], ['overshoot', 'overshoots'], ['lambda', 'λ']]);
    expect(piecesOf(said, 'en').map(({ text }) => text).join('')).toBe(said);
    expect(marked('without overshooting', 'en')).toEqual([['overshoot', 'overshooting']]);
  });

  it('are found in Chinese', () => {
    const said = '学习率 × 最大曲率 = 2.5：每一步都越冲越远；κ 是条件数。';
    expect(marked(said, 'zh')).toEqual([['curvature', '曲率'], ['overshoot', '越冲越远'], ['kappa', 'κ']]);
    expect(piecesOf(said, 'zh').map(({ text }) => text).join('')).toBe(said);
  });

  it('are none in a sentence without any', () => {
    expect(piecesOf('SGD goes down.', 'en')).toEqual([{ text: 'SGD goes down.', term: null }]);
    expect(piecesOf('', 'en')).toEqual([]);
  });
});
