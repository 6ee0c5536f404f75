// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { Edit, Rehearsed } from '../../core/protocol/wire';
import { language } from '../../ui/i18n/i18n.svelte';
import { better, triedWords } from './rehearsal';

const asked: Edit = { step: 240, run: 0, set: { lr: 5 } };
const smaller: Edit = { step: 240, run: 0, set: { lr: 0.05 } };
const rehearsed: Rehearsed = {
  op: 'rehearsed', id: 3, run: 0, first: 240, steps: 300, begun: 0.174, without: { loss: 0.195, diverged: false },
  remedy: smaller, outcome: { loss: 0.0588, diverged: false },
};

afterEach(() => language.choose('en'));

describe('what was tried', () => {
  it('is offered where it was better, though it is not what was asked about', () => {
    expect(better({ asked, rehearsed }, { ...asked })?.remedy).toEqual(smaller);
  });

  it('is not offered where nothing was better, or for another verdict, or before the answer', () => {
    expect(better({ asked, rehearsed: { ...rehearsed, remedy: null, outcome: null } }, asked)).toBeNull();
    expect(better({ asked, rehearsed }, { ...asked, step: 250 })).toBeNull();
    expect(better({ asked, rehearsed }, null)).toBeNull();
    expect(better(null, asked)).toBeNull();
  });

  it('is said in numbers', () => {
    expect(triedWords(rehearsed)).toBe('Tried for 300 steps: a loss of 0.0588, and 0.195 without it.');
    const diverged = { ...rehearsed, without: { loss: 'Infinity' as const, diverged: true } };
    expect(triedWords(diverged)).toBe('Tried for 300 steps: a loss of 0.0588; without it the run diverges.');
    language.choose('zh');
    expect(triedWords(rehearsed)).toBe('试走 300 步：损失为 0.0588；不改则为 0.195。');
  });
});
