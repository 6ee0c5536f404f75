// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Catalog, Edit, Experiment } from '../../core/protocol/wire';
import type { Session } from '../../core/session/types';
import { language } from '../../ui/i18n/i18n.svelte';
import { apply, remedyWords } from './remedy';

const catalog = {
  optimizers: [
    { id: 'sgd', title: { en: 'SGD', zh: 'SGD' }, params: [{ id: 'weight_decay', title: { en: 'weight decay', zh: '权重衰减' } }] },
    { id: 'adam', title: { en: 'Adam', zh: 'Adam' }, params: [] },
  ],
} as unknown as Catalog;
const experiment: Experiment = {
  version: 1,
  problem: { kind: 'surface', id: 'ravine', params: {} },
  runs: [{ optimizer: { id: 'sgd', lr: 0.1 }, start: [1, 1] }],
};
const edit = (what: Partial<Edit>): Edit => ({ step: 7, run: 0, ...what });
const words = (what: Partial<Edit>): string => remedyWords(catalog, experiment, edit(what));

afterEach(() => language.choose('en'));

describe('the button', () => {
  it('says what it does', () => {
    expect(words({ set: { lr: 0.086 } })).toBe('Use 0.086');
    expect(words({ set: { lr: 0.39, momentum: 0.67 } })).toBe('Use momentum 0.67 and rate 0.39');
    expect(words({ set: { lr: 0.39, momentum: 0.67, nesterov: false, dampening: 0 } })).toBe('Use momentum 0.67 and rate 0.39');
    expect(words({ set: { momentum: 0.9 } })).toBe('Use momentum 0.9');
    expect(words({ set: { maximize: false } })).toBe('Turn maximize off');
    expect(words({ params: [0, 0.001] })).toBe('Nudge it');
    expect(remedyWords(catalog, experiment, edit({ params: [0.3, 0.1] }), 'unmoved')).toBe('Start from random weights');
    expect(words({ optimizer: { id: 'adam', lr: 0.1 } })).toBe('Change to Adam');
  });

  it('hides no part of a change', () => {
    expect(words({ set: { lr: 0.1, maximize: false } })).toBe('Set lr = 0.1, maximize = ✗');
    expect(words({ set: { maximize: true } })).toBe('Set maximize = ✓');
    expect(words({ set: { weight_decay: 0 } })).toBe('Set weight decay = 0');
  });

  it('speaks Chinese', () => {
    language.choose('zh');
    expect(words({ set: { lr: 0.39, momentum: 0.67 } })).toBe('改用动量 0.67 和学习率 0.39');
    expect(words({ set: { maximize: false } })).toBe('关闭求最大');
    expect(words({ params: [0, 1] })).toBe('轻推一下');
  });
});

describe('applying it', () => {
  const remedies: [Edit, object][] = [
    [edit({ set: { lr: 0.086 } }), { run: 0, set: { lr: 0.086 } }],
    [edit({ set: null, optimizer: { id: 'adam', lr: 0.1 }, params: null }), { run: 0, optimizer: { id: 'adam', lr: 0.1 } }],
    [edit({ set: null, optimizer: null, params: [0, 0.001] }), { run: 0, params: [0, 0.001] }],
  ];
  it.each(remedies)('goes back to its step, edits and plays on: %j', (remedy, change) => {
    const done: unknown[] = [];
    const session = {
      seek: vi.fn((step: number) => done.push(['seek', step])),
      edit: vi.fn((what: object) => done.push(['edit', what])),
      play: vi.fn(() => done.push(['play'])),
    };
    apply(session as unknown as Session, remedy);
    expect(done).toEqual([['seek', 7], ['edit', change], ['play']]);
  });
});
