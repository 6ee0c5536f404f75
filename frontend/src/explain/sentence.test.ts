import { afterEach, describe, expect, it } from 'vitest';
import { language } from '../i18n/i18n.svelte';
import { sentence } from './sentence';
import { descent, frameOf } from './testing';
import { verdict, type Verdict } from './verdict';

const blownUp = verdict(frameOf({ rows: descent(1, 10, 0.25, [-2.5, 2.5], 400), optimizer: { id: 'sgd', lr: 0.25 } })) as Verdict;

afterEach(() => language.choose('en'));

describe('the sentence', () => {
  it('puts the numbers into words, and advises a rate', () => {
    const { text, advice } = sentence(blownUp, 'SGD', '');
    expect(text).toMatch(/^SGD diverged at step \d+; the last finite loss was \S+\. lr × steepest curvature = 2\.5, above the limit 2: each step overshoots farther along \(0, 1\)\. Here, rates below 0\.2 are stable\.$/);
    expect(advice).toEqual({ lr: 0.18, at: 1 });
  });

  it('speaks Chinese', () => {
    language.choose('zh');
    const { text } = sentence(blownUp, 'SGD', '');
    expect(text).toContain('学习率 × 最大曲率 = 2.5，超过上限 2');
    expect(text).not.toMatch(/[{}]|step|loss/);
  });

  it('names the limit of momentum only where it is that one', () => {
    const unstable = { from: 0, product: 4, limit: 3.8, momentum: 0.9, nesterov: false, direction: [0, 1], largest: 0.38, use: 0.34, at: 0 };
    expect(sentence({ code: 'overshoots', ...unstable }, 'SGD', '').text).toContain('With momentum 0.9 the limit is 2(1 + μ) = 3.8.');
    expect(sentence({ code: 'overshoots', ...unstable, limit: 7.6 }, 'SGD', '').text).not.toContain('2(1 + μ)');
    expect(sentence({ code: 'overshoots', ...unstable, nesterov: true, limit: 1.357 }, 'SGD', '').text).toContain('Nesterov');
  });

  it('advises nothing where no rate helps', () => {
    for (const verdict of [
      { code: 'diverged_falls', step: 9, last: -5 },
      { code: 'diverged_momentum', step: 9, last: 5, momentum: 1 },
      { code: 'diverged_climbs', step: 9, last: 5 },
      { code: 'diverged_other', step: 9, last: 5, adaptive: true },
      { code: 'looking' },
    ] as const) {
      expect(sentence(verdict, 'SGD', 'Look here.').advice).toBeNull();
      expect(sentence(verdict, 'SGD', 'Look here.').text).not.toBe('');
    }
  });

  it('says what to look at where nothing has happened', () => {
    expect(sentence({ code: 'looking' }, 'SGD', 'Look here.').text).toBe('Look here.');
  });
});
