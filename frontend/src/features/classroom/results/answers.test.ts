// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { QuestionOf } from '../../../core/classroom/types';
import { CATALOG } from '../../../core/experiment/catalog.testing';
import { addMessages, language } from '../../../ui/i18n/i18n.svelte';
import { classroom } from '../../../ui/i18n/messages/classroom';
import { answerText, isRight, truthText, words } from './answer-text';
import { markedPlaces } from './place-overlay';
import { runLabels } from './run-labels';

addMessages(classroom);
afterEach(() => language.choose('en'));

const ORDER: QuestionOf<'order'> = { kind: 'order', ask: { en: 'Order' }, by: 'loss' };
const CHOOSE: QuestionOf<'choose'> = { kind: 'choose', ask: { en: '?' }, options: [{ label: { en: 'Yes', zh: '会' } }, { label: { en: 'No' } }] };

describe('a teacher’s words', () => {
  it('are in the page’s language, or in the only one that there is', () => {
    expect([words({ en: 'Yes', zh: '会' }), words({ zh: '会' })]).toEqual(['Yes', '会']);
    language.choose('zh');
    expect([words({ en: 'Yes', zh: '会' }), words({ en: 'No' })]).toEqual(['会', 'No']);
  });
});

describe('answers and truths', () => {
  it('are said in words', () => {
    expect(answerText(CHOOSE, { kind: 'choose', option: 1 }, [])).toBe('No');
    expect(answerText(ORDER, { kind: 'order', runs: [1, 0] }, ['A', 'B'])).toBe('B › A');
    expect(truthText(CHOOSE, { kind: 'choose', options: [] }, [])).toBe('There is none');
    expect(truthText({ ...CHOOSE }, { kind: 'choose', options: [0, 1] }, [])).toBe('Yes / No');
    const number: QuestionOf<'number'> = { kind: 'number', ask: { en: '?' }, of: 'loss', low: 0.1, high: 1 };
    expect(truthText(number, { kind: 'number', value: null }, [])).toBe('There is none');
    expect(truthText(number, { kind: 'number', value: 0.25 }, [])).toBe('0.25');
  });

  it('are right or wrong where there is one answer, and else near or far', () => {
    expect(isRight({ kind: 'choose', option: 1 }, { kind: 'choose', options: [0, 1] })).toBe(true);
    expect(isRight({ kind: 'choose', option: 2 }, { kind: 'choose', options: [0, 1] })).toBe(false);
    expect(isRight({ kind: 'order', runs: [1, 0] }, { kind: 'order', runs: [1, 0], values: [1, 2] })).toBe(true);
    expect(isRight({ kind: 'order', runs: [0, 1] }, { kind: 'order', runs: [1, 0], values: [1, 2] })).toBe(false);
    expect(isRight({ kind: 'number', value: 1 }, { kind: 'number', value: 1 })).toBe(null);
  });

  it('are marked on the map: the class’s only with the results', () => {
    const results = {
      op: 'results' as const, number: 1, activity_number: 1, failed: null,
      spread: { kind: 'place' as const, places: [[0, 1], [2, 3]] }, truth: { kind: 'place' as const, at: [4, 5] },
    };
    expect(markedPlaces({ kind: 'place', at: [1, 1] }, null)).toEqual([{ kind: 'mine', at: [1, 1] }]);
    expect(markedPlaces(null, results).map(({ kind }) => kind)).toEqual(['class', 'class', 'truth']);
    expect(markedPlaces(null, { ...results, truth: { kind: 'place', at: null } }).map(({ kind }) => kind)).toEqual(['class', 'class']);
  });
});

describe('the runs of a question', () => {
  const run = (id: string, lr: number) => ({ optimizer: { id, lr }, start: [1] });
  const labels = (...runs: ReturnType<typeof run>[]): string[] =>
    runLabels(CATALOG, { version: 1, problem: { kind: 'surface', id: 'ravine', params: {} }, runs, edits: [] });

  it('are told apart by their rates, and numbered where those are the same', () => {
    expect(new Set(labels(run('sgd', 0.1), run('sgd', 0.2))).size).toBe(2);
    expect(labels(run('sgd', 0.1), run('sgd', 0.2))[0]).toContain('0.1');
    expect(new Set(labels(run('sgd', 0.1), run('sgd', 0.1))).size).toBe(2);
  });
});
