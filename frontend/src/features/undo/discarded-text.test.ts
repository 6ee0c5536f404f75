// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Discarded } from '../../core/session/types';
import { language } from '../../ui/i18n/i18n.svelte';
import { discardedText } from './discarded-text';

const NAMES = ['SGD', 'Adam'];
const discarded = (more: Partial<Discarded>): Discarded => ({
  before: { version: 1, problem: { kind: 'surface', id: 'ravine' }, runs: [] }, step: 12, seen: null, edits: [], runs: [0], ...more,
});
const edits = (...steps: number[]) => steps.map((step) => ({ step, run: step % 2, set: { lr: 1 } }));

beforeEach(() => language.choose('en'));

describe('what a change discarded', () => {
  it('is said: the steps, and the later edits', () => {
    expect(discardedText(discarded({ seen: 40 }), NAMES)).toBe('Changed at step 12: steps 13 to 40 of SGD are computed anew.');
    expect(discardedText(discarded({ step: 0, seen: 40, runs: [0, 1] }), NAMES)).toBe(
      'Changed at the start: steps 1 to 40 of SGD, Adam are computed anew.',
    );
    expect(discardedText(discarded({ seen: 40, edits: edits(20, 31) }), NAMES)).toBe(
      'Changed at step 12: steps 13 to 40 of SGD are computed anew. Later changes that are gone: SGD at step 20, Adam at step 31.',
    );
  });

  it('is short where there are many edits', () => {
    expect(discardedText(discarded({ edits: edits(20, 22, 24, 26, 28) }), NAMES)).toBe(
      'Later changes that are gone: SGD at step 20, SGD at step 22, SGD at step 24, and 2 more.',
    );
  });

  it('is said in Chinese', () => {
    language.choose('zh');
    expect(discardedText(discarded({ step: 0, seen: 40, edits: edits(20) }), NAMES)).toBe(
      '从起点开始修改：SGD的第 1 至 40 步将重新计算。之后的修改已丢弃：SGD第 20 步。',
    );
  });
});
