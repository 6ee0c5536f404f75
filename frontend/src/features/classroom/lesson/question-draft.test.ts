import { describe, expect, it } from 'vitest';
import { asksFor, endsFor, questionOf, type Draft } from './question-draft';

const draft: Draft = { ask: 'arrives', text: 'Which?', run: 1, below: 0.5, low: 0.01, high: 1 };
const words = { runs: ['SGD', 'Adam'], none: 'None', yes: 'Yes', no: 'No' };

describe('a question made on the page', () => {
  it('has an option with its condition for each run, and one for none', () => {
    const question = questionOf(draft, words, 'en');
    expect(question).toMatchObject({
      kind: 'choose',
      ask: { en: 'Which?', zh: '' },
      options: [
        { label: { en: 'SGD' }, when: [{ what: 'arrives', run: 0, below: 0.5 }] },
        { label: { en: 'Adam' }, when: [{ what: 'arrives', run: 1, below: 0.5 }] },
        { label: { en: 'None' }, when: [{ what: 'none_arrives', below: 0.5 }] },
      ],
    });
  });

  it('is about the selected run where it is about one', () => {
    expect(questionOf({ ...draft, ask: 'diverges' }, words, 'zh')).toMatchObject({
      ask: { en: '', zh: 'Which?' },
      options: [{ when: [{ what: 'diverges', run: 1 }] }, { when: [{ what: 'stays', run: 1 }] }],
    });
    expect(questionOf({ ...draft, ask: 'place' }, words, 'en')).toMatchObject({ kind: 'place', run: 1 });
  });

  it('names the loss only where a number of steps is asked for', () => {
    expect(questionOf({ ...draft, ask: 'steps' }, words, 'en')).toMatchObject({ kind: 'number', of: 'steps', below: 0.5 });
    expect(questionOf({ ...draft, ask: 'lr' }, words, 'en')).toMatchObject({ kind: 'number', of: 'lr', below: null, low: 0.01, high: 1 });
  });
});

describe('what can be asked', () => {
  it('needs two runs for a race, and a map for a place', () => {
    expect(asksFor(1, 2)).toEqual(['diverges', 'lr', 'loss', 'steps', 'place']);
    expect(asksFor(2, null)).not.toContain('place');
    expect(asksFor(2, null)).toContain('order');
  });

  it('has a slider around what is likely', () => {
    expect(endsFor('lr', 0.03, 1, 100)).toEqual({ low: 0.0001, high: 1 });
    expect(endsFor('steps', 0.1, 1, 300)).toEqual({ low: 1, high: 300 });
    expect(endsFor('loss', 0.1, NaN, 300)).toEqual({ low: 0.0001, high: 10 });
  });
});
