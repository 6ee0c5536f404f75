// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../core/protocol/wire';
import { language, LANGUAGES } from '../i18n/i18n.svelte';
import { describeMark, describeVerdict, markOf } from './verdict-text';
import { WORDS } from './words.testing';

type Of<Code extends Verdict['code']> = Extract<Verdict, { code: Code }>;
type Limit = Of<'unstable'>['limit'];

const limit: Limit = {
  since: 12, law: 'plain', product: 2.31, limit: 2, curvature: 23.1, direction: [0.97, 0.22], largest: 0.0866, momentum: 0,
};
const near: Of<'near'> = {
  code: 'near', step: 5, remedy: null, since: 5, kind: 'saddle', at: [0, 0], eigenvalues: [-1, 2], downhill: [0, 1],
  law: 'plain', factor: 1.1, escape: 45, stuck: false,
};
const swing: Of<'oscillating'> = {
  code: 'oscillating', step: 8, remedy: null, since: 4, direction: [0, 1], factor: 0.9, swing: 0.25, half: null,
  law: null, momentum: null,
};
const round: Of<'oscillating'> = { ...swing, factor: Math.sqrt(0.9), half: 4.25, law: 'heavy_ball', momentum: 0.9 };
const escaped: Of<'escaped'> = { code: 'escaped', step: 46, remedy: null, since: 5, kind: 'saddle', at: [0, 0], escape: 45 };
const diverged: Of<'diverged'> = { code: 'diverged', step: 60, remedy: null, cause: 'unstable', limit, last: 3.2e38, since: null };
const valley: Of<'valley'> = {
  code: 'valley', step: 30, remedy: null, since: 20, direction: [1, 0], condition: 100, factor: 0.9912, advice: 'rate', best_rate: 0.0198,
  best_factor: 0.9802, momentum_rate: 0.0331, momentum: 0.669, momentum_factor: 0.818,
};
const plateau: Of<'plateau'> = {
  code: 'plateau', step: 9, remedy: null, since: 2, grad_norm: 1e-6, curvature: 2e-7, reach: 0.003, even: 0.209,
  bottom: [0, 0], lowest: -1,
};
const edge: Of<'edge'> = {
  code: 'edge', step: 150, remedy: null, since: 50, sharpness: 9.69, product: 1.938, limit: 2, bound: 10,
};
const overfitting: Of<'overfitting'> = {
  code: 'overfitting', step: 520, remedy: null, since: 310, best: 0.0459, dev: 0.0608, train_then: 0.0121, train: 0.00522,
};
const vanishing: Of<'vanishing'> = {
  code: 'vanishing', step: 20, remedy: null, since: 0, layer: '0.weight', last: '12.weight', ratio: 1.4e-6, norm: 2e-7, peak: 0.143,
};
const stalled: Of<'stalled'> = {
  code: 'stalled', step: 210, remedy: null, since: 10, span: 200, cause: 'flat', rises: 0, steepest: 1.2, fall: 0.0035, loss: 0.69, grad_norm: 0.0075,
};

/** Every code, and of each every case that has words of its own. */
const ALL: Record<string, Verdict> = {
  descending: { code: 'descending', step: 0, remedy: null },
  unstable: { code: 'unstable', step: 14, remedy: null, limit },
  'unstable, one parameter': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, direction: [1] } },
  'unstable, heavy ball': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'heavy_ball', momentum: 0.9, limit: 3.8 } },
  'unstable, dampened': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'heavy_ball', momentum: 0.9, limit: 7.6 } },
  'unstable, Nesterov': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'nesterov', momentum: 0.9, limit: 3.8 / 2.8 } },
  'unstable, Nesterov otherwise': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'nesterov', momentum: 0.9, limit: 2 } },
  'unstable, adaptive': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'adaptive' } },
  'unstable, Adam': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'adaptive', momentum: 0.9, limit: 38 } },
  'unstable at any rate': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'heavy_ball', momentum: 1, limit: 0 } },
  'unstable by dampening': { code: 'unstable', step: 14, remedy: null, limit: { ...limit, law: 'heavy_ball', momentum: 0.5, limit: 0 } },
  oscillating: swing,
  'oscillating for ever': { ...swing, factor: 1 },
  'oscillating wider': { ...swing, factor: 1.2 },
  'oscillating, one parameter': { ...swing, direction: [1] },
  'oscillating round the middle': round,
  'oscillating round the middle, one parameter': { ...round, direction: [1] },
  'oscillating round the middle, Nesterov': { ...round, law: 'nesterov' },
  'oscillating round the middle, counted': { ...round, law: null, momentum: null },
  'oscillating round the middle for ever': { ...round, factor: 1, law: null, momentum: null },
  'oscillating round the middle wider': { ...round, factor: 1.1, law: null, momentum: null },
  near,
  'near, late': { ...near, escape: 9 },
  'near, no prediction': { ...near, escape: null },
  'near, never': { ...near, factor: 1, escape: null },
  'near, no law': { ...near, law: null, factor: null, escape: null },
  'near, adaptive': { ...near, law: 'adaptive' },
  'near, stuck': { ...near, stuck: true, escape: null },
  'near a maximum': { ...near, kind: 'maximum', eigenvalues: [-2, -1] },
  'near a maximum, one parameter': { ...near, kind: 'maximum', at: [1], eigenvalues: [-2], downhill: [1] },
  'near a minimum': { ...near, kind: 'minimum', eigenvalues: [1, 2], downhill: null, factor: null, escape: null },
  'near a minimum, one parameter': { ...near, kind: 'minimum', at: [1], eigenvalues: [1], downhill: null, factor: null, escape: null },
  'near a degenerate point': { ...near, kind: 'degenerate', eigenvalues: [0, 0], downhill: null, factor: null, escape: null },
  'near a trough': { ...near, kind: 'degenerate', eigenvalues: [1e-17, 0.113], downhill: null, factor: null, escape: null },
  escaped,
  'escaped as predicted': { ...escaped, escape: 46 },
  'escaped, not predicted': { ...escaped, escape: null },
  'escaped a maximum': { ...escaped, kind: 'maximum' },
  'escaped a degenerate point': { ...escaped, kind: 'degenerate', escape: null },
  plateau,
  'plateau below the picture': { ...plateau, bottom: null, lowest: null },
  valley,
  'valley, bent': { ...valley, advice: 'momentum' },
  'valley, not of plain descent': { ...valley, advice: null },
  'not falling': { code: 'not_falling', step: 19, remedy: null, since: 0, loss: 0.1, climbs: false },
  'not falling, to and fro': { code: 'not_falling', step: 19, remedy: null, since: 0, loss: 0.5, climbs: false },
  'not falling, at rest': { code: 'not_falling', step: 19, remedy: null, since: 0, loss: 0.25, climbs: false },
  climbing: { code: 'not_falling', step: 19, remedy: null, since: 0, loss: 0.1, climbs: true },
  converged: { code: 'converged', step: 70, remedy: null, at: [0, 1], loss: -0.25, lowest: null },
  'converged elsewhere': { code: 'converged', step: 70, remedy: null, at: [0, 1], loss: 1.5, lowest: { kind: 'minimum', at: [3, 3], value: -1 } },
  bottomless: { code: 'bottomless', step: 40, remedy: null, since: 31, loss: -123456 },
  diverged,
  'diverged at once': { ...diverged, step: 0, cause: 'wall', limit: null, last: null },
  'diverged by momentum': { ...diverged, cause: 'momentum', limit: null },
  'diverged by climbing': { ...diverged, cause: 'climbing', limit: null },
  'diverged by falling': { ...diverged, cause: 'bottomless', limit: null },
  'diverged at a wall': { ...diverged, cause: 'wall', limit: null },
  'diverged for no reason': { ...diverged, cause: 'unknown', limit: null },
  'diverged by adding up': { ...diverged, cause: 'summed', limit: null },
  'diverged by growing': { ...diverged, cause: 'growing', limit: null, since: 42 },
  'unstable, a model': { code: 'unstable', step: 20, remedy: null, limit: { ...limit, since: 10, direction: [] } },
  'gradients begin to add up': { code: 'summed', step: 0, remedy: null, since: 17, gradients: 1 },
  'gradients add up': { code: 'summed', step: 9, remedy: null, since: 0, gradients: 10 },
  edge,
  overfitting,
  vanishing,
  exploding: { code: 'exploding', step: 30, remedy: null, since: 12, grad_norm: 5e4, before: 20 },
  stalled,
  'stalled by rising': { ...stalled, fall: -0.02 },
  'stalled by noise': { ...stalled, cause: 'noise' },
  'stalled by short steps': { ...stalled, cause: 'short' },
  'stalled by batches': { ...stalled, cause: 'batches' },
  'stalled by swings': { ...stalled, cause: 'swings', rises: 97 },
  unmoved: { code: 'unmoved', step: 10, remedy: null, loss: 0.69, symmetric: false },
  'unmoved, symmetric': { code: 'unmoved', step: 10, remedy: null, loss: 0.69, symmetric: true },
  settled: { code: 'settled', step: 140, remedy: null, since: 40, loss: 0.006, grad_norm: 8e-7, steepest: 3.7 },
};

const say = (verdict: Verdict | undefined, step = 17, loss = 0.25): string =>
  describeVerdict(WORDS, verdict as Verdict, { name: 'SGD', step, loss, firstLoss: 8 });

afterEach(() => language.choose('en'));

describe.each(LANGUAGES)('in %s', (tag) => {
  it.each(Object.keys(ALL))('%s has its own words, with the numbers put in', (key) => {
    language.choose(tag);
    const text = say(ALL[key]);
    expect(text).not.toMatch(/[{}]|undefined|NaN/);
    expect(text).toMatch(tag === 'zh' ? /。$/ : /\.$/);
    expect(text).toContain('SGD');
    if (tag === 'zh') expect(text.replace(/SGD|Nesterov|zero_grad|sigmoid|\d+\.weight/g, '')).not.toMatch(/[A-Za-z]{2,}/);
  });

  it('no two are told in the same words', () => {
    language.choose(tag);
    const texts = Object.values(ALL).map((verdict) => say(verdict));
    // 'unstable' and 'one parameter' and so on differ as well: each case is there for its words.
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the sentence', () => {
  it('names lr × curvature, the limit, the direction and the largest stable rate', () => {
    expect(say(ALL['unstable'])).toBe(
      'SGD: From step 12 on, lr × steepest curvature = 2.31, above the limit 2: each step overshoots farther along (0.97, 0.22). The largest stable rate here is 0.0866.',
    );
    expect(say(ALL['diverged'])).toMatch(/^SGD diverged at step 60; the last finite loss was 3\.2e38\. From step 12 on, lr × .* 0\.0866\.$/);
  });

  it('gives the limit’s formula only where it is that one', () => {
    expect(say(ALL['unstable, heavy ball'])).toContain('above the limit 2(1 + μ) = 3.8 for momentum μ = 0.9:');
    expect(say(ALL['unstable, dampened'])).toContain('above the limit 7.6 for momentum μ = 0.9:');
    expect(say(ALL['unstable, Nesterov'])).toContain('above the limit 2(1 + μ)/(1 + 2μ) = 1.36 for Nesterov momentum μ = 0.9:');
    expect(say(ALL['unstable, Nesterov otherwise'])).not.toContain('(1 + 2μ)');
  });

  it('says of adaptive optimizers whose coordinates the curvature is measured in', () => {
    for (const key of ['unstable, adaptive', 'unstable, Adam', 'near, adaptive']) {
      expect(say(ALL[key])).toContain('in the optimizer’s own rescaled coordinates');
    }
    for (const key of ['unstable', 'unstable, Nesterov', 'near']) expect(say(ALL[key])).not.toContain('rescaled');
  });

  it('counts at a saddle, and says how it went', () => {
    expect(say(near)).toContain('it should leave at about step 45; 12 steps here so far.');
    expect(say(near, 6)).toContain('1 step here so far.');
    expect(say(near, 50)).toContain('it should have left at about step 45; 45 steps here so far.');
    expect(say(escaped)).toBe('SGD left the saddle at (0, 0) after 41 steps (predicted 40).');
    expect(say(ALL['escaped as predicted'])).toBe('SGD left the saddle at (0, 0) after 41 steps, as predicted.');
    expect(say(ALL['escaped, not predicted'])).toBe('SGD left the saddle at (0, 0) after 41 steps.');
  });

  it('takes rounding for what it is', () => {
    expect(say(ALL['near a trough'])).toContain('in one direction the curvature vanishes (λ = 0, 0.113)');
    expect(say(ALL['near a degenerate point'])).toContain('the curvature vanishes there (λ = 0, 0)');
    expect(say({ ...near, eigenvalues: [-1e-3, 100] })).toContain('(λ = −0.001, 100)');
  });

  it('says how fast a swing dies away', () => {
    // 0.9 to the 7th is the first power below a half.
    expect(say(swing)).toContain('Each swing is 0.9 times the one before: half as wide after 7 steps.');
    expect(say({ ...swing, factor: 0.3 })).toContain('half as wide after 1 step.');
    expect(say({ ...swing, factor: 0.9995 })).toContain('for ever');
  });

  it('says of momentum how often it turns, and what the roots leave', () => {
    expect(say(round)).toContain('along (0, 1) since step 4, turning about every 4 steps; at step 8 the swing was 0.25 wide.');
    // 0.9 to the 6.6th is a half, and a step is half a factor of 0.9.
    expect(say(round)).toContain('√μ = 0.949 of the swing, whatever the curvature: half of it after 14 steps.');
    expect(say({ ...round, law: null, momentum: null })).not.toContain('√');
  });

  it('compares a valley’s best rates', () => {
    expect(say(valley)).toContain('(κ−1)/(κ+1) = 0.98 (rate 0.0198); momentum 0.669 with rate 0.0331 leaves 0.818.');
  });

  it('never rounds what a step leaves to 1', () => {
    expect(say({ ...valley, factor: 0.99987 })).toContain('each step leaves 0.99987 of the distance: half of it after 5332 steps.');
    expect(say({ ...valley, factor: 1 - 1e-7, best_factor: 0.99998 })).toContain('leaves 0.9999999 of the distance: half of it after 6931472 steps.');
    expect(say({ ...valley, best_factor: 0.99998 })).toContain('(κ−1)/(κ+1) = 0.99998 ');
    expect(say({ ...near, factor: 1.00002 })).toContain('multiplies the distance by 1.00002:');
    language.choose('zh');
    expect(say({ ...valley, factor: 0.99987 })).toContain('还剩距离的 0.99987，5332 步后剩一半');
  });

  it('holds a plateau against the way down that there is', () => {
    expect(say(plateau)).toContain('the slope was 1e−6 at step 9, where 0.209 would lead evenly down to the lowest place, (0, 0) (loss −1)');
    expect(say(ALL['plateau below the picture'])).toContain('at step 9 a slope of 1e−6 and a curvature of at most 2e−7');
  });

  it('says of a model what was measured', () => {
    expect(say(ALL['gradients add up'], 99)).toContain('the sum of 100 gradients');
    expect(say(edge)).toContain('the sharpness (9.69 when this was seen) hovers at 10, where lr × sharpness reaches its limit 2.');
    expect(say(overfitting)).toContain('lowest at step 310, 0.0459, and had risen to 0.0608 at step 520');
    expect(say(overfitting)).toContain('from 0.0121 to 0.00522');
    expect(say(vanishing)).toContain('in 0.weight the gradient was 2e−7 at step 20, only 1.4e−6 of the largest that 12.weight');
    expect(say(ALL['exploding'])).toContain('50000 at step 30, 2500 times the largest up to step 12');
    expect(say(stalled)).toContain('fell by only 0.35 % in the 200 steps up to 210');
    expect(say(ALL['unstable, a model'])).toContain('From step 10 on, lr × curvature = 2.31, above the limit 2');
  });

  it('says how far a run has come where nothing else happens', () => {
    expect(say(ALL['descending'])).toBe('SGD has come down from a loss of 8 at the start to 0.25.');
    expect(say(ALL['descending'], 0, 8)).toBe('SGD is at its start, with a loss of 8.');
    expect(say(ALL['descending'], 17, 9)).toBe('SGD has a loss of 9, no lower than at the start, where it was 8.');
  });
});

describe('a verdict of another package', () => {
  const halved = { code: 'halved', step: 4, remedy: null, loss: 0.51234, at: [1, 2] } as unknown as Verdict;
  const text = { when: null, en: '{name} has {loss} left at {at}.', zh: '{name} 在 {at} 处还剩 {loss}。' };
  const words = { halved: { label: text, mark: { ...text, symbol: 'near' as const, when: 'loss < 1' }, parts: {}, sentences: [[text]] } };

  it('has its own sentence and its own mark', () => {
    expect(describeVerdict(words, halved, { name: 'SGD', step: 4, loss: 1, firstLoss: 1 })).toBe('SGD has 0.512 left at (1, 2).');
    expect(markOf(words, halved)?.symbol).toBe('near');
    expect(describeMark(words, halved, 'SGD')).toBe('SGD has 0.512 left at (1, 2).');
    expect(markOf(words, { ...halved, loss: 2 } as Verdict)).toBeNull();
  });

  it('without words has nothing to say', () => {
    expect(describeVerdict({}, halved, { name: 'SGD', step: 4, loss: 1, firstLoss: 1 })).toBe('');
    expect(markOf({}, halved)).toBeNull();
  });
});
