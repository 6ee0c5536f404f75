import { beforeEach, describe, expect, it } from 'vitest';
import type { EngineCheck } from '../../core/protocol/wire';
import { language } from '../../ui/i18n/i18n.svelte';
import { describeCheck } from './engine-check';

const CHECK: EngineCheck = {
  run: 0, engines: ['compiled'], first: 0, last: 40, within: true, drift: 1e-6,
  worst: { value: 'gradient', step: 7, relative: 1.234e-7, ulps: 2, share: 0.3 },
};

beforeEach(() => (language.now = 'en'));

describe('a check against PyTorch', () => {
  it('says where the largest difference is, and how large', () => {
    expect(describeCheck(CHECK)).toBe(
      'Steps 0 to 40: the same as PyTorch’s but for rounding. The largest difference is in the gradient at step 7: 1.2e−7 relative, 2 units in the last place.',
    );
    language.now = 'zh';
    expect(describeCheck(CHECK)).toContain('第 7 步的梯度：相对 1.2e−7，即末位的 2 个单位');
  });

  it('says when a difference is more than rounding, also an infinite one', () => {
    const beyond: EngineCheck = { ...CHECK, within: false, worst: { value: 'exp_avg_sq', step: 7, relative: 'Infinity', ulps: 'Infinity', share: 'Infinity' } };
    expect(describeCheck(beyond)).toMatch(/farther from PyTorch’s than rounding explains.* exp_avg_sq at step 7: ∞ relative, ∞ units/);
  });

  it('says when the bits are the same, and when there is nothing to compare', () => {
    expect(describeCheck({ ...CHECK, worst: { value: 'loss', step: 0, relative: 0, ulps: 0, share: 0 } })).toMatch(/bit for bit/);
    expect(describeCheck({ ...CHECK, engines: ['eager'], worst: null })).toMatch(/nothing to compare/);
  });
});
