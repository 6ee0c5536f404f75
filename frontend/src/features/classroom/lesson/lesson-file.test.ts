import { describe, expect, it } from 'vitest';
import { fileOf, lessonIn, linkTo, minutesOf, moved, newLesson, readLesson, withWords, wordsOf, type LessonStep } from './lesson-file';

const step: LessonStep = {
  title: { en: 'Run', zh: '运行' },
  activity: { kind: 'watch', experiment: { version: 1, problem: { kind: 'surface', id: 'square' }, runs: [] } as never, until: 10 },
  minutes: 3,
};
const lesson = newLesson('My  first lesson!', step, 'en');

describe('a lesson', () => {
  it('has an id that a file may be named by', () => {
    expect(lesson.id).toBe('my-first-lesson');
    expect(newLesson('我的教案', step, 'zh')).toMatchObject({ id: 'lesson', title: { en: '', zh: '我的教案' } });
    expect(fileOf(lesson).name).toBe('my-first-lesson.lesson.json');
  });

  it('comes back from a file and from a link', async () => {
    expect(await readLesson(new File([fileOf(lesson).file], 'a.json'))).toEqual(lesson);
    const link = await linkTo(lesson, 'http://localhost:8000/steepest/?room=ABC#x=1');
    expect(link).toMatch(/^http:\/\/localhost:8000\/steepest\/#lesson=/);
    expect(await lessonIn(new URL(link as string).hash)).toEqual(lesson);
  });

  it('is not made of anything else', async () => {
    for (const text of ['', '[]', '{"version": 1}', '{"lesson": 2, "title": {}, "steps": [1]}', '{"lesson": 1, "title": {}, "steps": []}']) {
      expect(await readLesson(new File([text], 'a.json'))).toBeNull();
    }
    expect(await lessonIn('#x=1')).toBeNull();
    expect(await lessonIn('#lesson=broken')).toBeNull();
  });

  it('has no link that is too long', async () => {
    const notes = { en: Array.from({ length: 9000 }, (_, n) => String.fromCharCode(97 + ((n * n * 31 + n * 7) % 26))).join(''), zh: '' };
    const random = { en: Array.from({ length: 9000 }, () => Math.random().toString(36)[3] ?? 'x').join(''), zh: '' };
    expect(await linkTo({ ...lesson, steps: [{ ...step, notes }, { ...step, notes: random }] }, 'http://localhost/')).toBeNull();
  });

  it('is as long as its steps, five minutes where one says nothing', () => {
    expect(minutesOf({ ...lesson, steps: [step, { title: step.title, activity: step.activity }] })).toBe(8);
  });

  it('is shown in the language that it has', () => {
    expect(wordsOf({ en: 'a', zh: '' }, 'zh')).toBe('a');
    expect(wordsOf({ en: 'a', zh: '甲' }, 'zh')).toBe('甲');
    expect(wordsOf(null, 'en')).toBe('');
  });

  it('is changed in one language, and keeps the other', () => {
    expect(withWords({ en: 'a', zh: '甲' }, ' b ', 'en')).toEqual({ en: 'b', zh: '甲' });
    expect(withWords(null, '乙', 'zh')).toEqual({ en: '', zh: '乙' });
    expect(withWords({ en: 'a', zh: '' }, ' ', 'en')).toBeNull();
  });

  it('has its steps in another order', () => {
    const steps = [1, 2, 3].map((minutes) => ({ ...step, minutes }));
    const order = (from: number, to: number): (number | undefined)[] => moved({ ...lesson, steps }, from, to).steps.map(({ minutes }) => minutes);
    expect([order(0, 1), order(2, 0), order(1, 2)]).toEqual([[2, 1, 3], [3, 1, 2], [1, 3, 2]]);
  });
});
