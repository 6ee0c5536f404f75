/** Lessons in files and in links: JSON documents, the same that `steepest lesson check` reads. */
import { pack, unpack } from '../../../core/experiment/url-hash';
import type { Schemas } from '../../../core/protocol/wire';

export type Lesson = Schemas['Lesson'];
export type LessonStep = Schemas['LessonStep'];
export type Words = Schemas['Words'];

/** The version of the document that this page writes and reads. */
const VERSION = 1;
/** Bytes; the server takes no larger one. */
const MAX_BYTES = 1_000_000;
/** What the document allows, in characters and minutes. */
export const LONGEST_TITLE = 120;
export const LONGEST_NOTES = 4000;
export const MOST_MINUTES = 120;
/** Characters. Too many programs cut or refuse longer addresses. */
export const LONGEST_LINK = 8000;

/** Whether a value looks like a lesson; the server checks the rest. */
export function isLesson(value: unknown): value is Lesson {
  return typeof value === 'object' && value !== null && 'lesson' in value && value.lesson === VERSION && 'steps' in value && Array.isArray(value.steps) && value.steps.length > 0 && 'title' in value;
}

/** The lesson in a file; null where it holds none. */
export async function readLesson(file: File): Promise<Lesson | null> {
  if (file.size > MAX_BYTES) return null;
  try {
    const found: unknown = JSON.parse(await file.text());
    return isLesson(found) ? found : null;
  } catch {
    return null;
  }
}

/** The document to save, and its file name. */
export function fileOf(lesson: Lesson): { file: Blob; name: string } {
  return { file: new Blob([`${JSON.stringify(lesson, null, 2)}\n`], { type: 'application/json' }), name: `${lesson.id}.lesson.json` };
}

/** The link that opens the page with this lesson; null where it would be too long. base: the page's address. */
export async function linkTo(lesson: Lesson, base: string): Promise<string | null> {
  const url = new URL(base);
  url.search = '';
  url.hash = `lesson=${await pack(lesson)}`;
  return url.href.length > LONGEST_LINK ? null : url.href;
}

/** The lesson in an address; null where it has none, or a damaged one. */
export async function lessonIn(hash: string): Promise<Lesson | null> {
  const packed = new URLSearchParams(hash.replace(/^#/, '')).get('lesson');
  if (packed === null) return null;
  try {
    const found = await unpack(packed);
    return isLesson(found) ? found : null;
  } catch {
    return null;
  }
}

/** A lesson with this title and no other words, to which steps are added. */
export function newLesson(title: string, step: LessonStep, language: 'en' | 'zh'): Lesson {
  const id = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 48).replace(/-+$/, '');
  return { lesson: VERSION, id: id || 'lesson', title: inOne(title, language), about: null, steps: [step] };
}

/** Words in one language: the other is left empty, and shows the same. */
export function inOne(text: string, language: 'en' | 'zh'): Words {
  return { en: '', zh: '', [language]: text };
}

/** The words in this language, else in the other. */
export function wordsOf(words: Words | null | undefined, language: 'en' | 'zh'): string {
  if (!words) return '';
  const other = language === 'en' ? words.zh : words.en;
  return (language === 'en' ? words.en : words.zh) || other || '';
}

/** The words with those of one language replaced; null where none are left. */
export function withWords(words: Words | null | undefined, text: string, language: 'en' | 'zh'): Words | null {
  const changed = { en: words?.en ?? '', zh: words?.zh ?? '', [language]: text.trim() };
  return changed.en || changed.zh ? changed : null;
}

/** The lesson with a step at another place. */
export function moved(lesson: Lesson, from: number, to: number): Lesson {
  const steps = [...lesson.steps];
  steps.splice(to, 0, ...steps.splice(from, 1));
  return { ...lesson, steps };
}

/** Minutes of all steps. */
export function minutesOf(lesson: Lesson): number {
  return lesson.steps.reduce((sum, { minutes = 5 }) => sum + minutes, 0);
}
