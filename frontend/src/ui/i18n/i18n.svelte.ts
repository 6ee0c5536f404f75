/** The page's language, and its messages in that language. */
import { remember, remembered } from '../../core/browser/remember';
import type { Words } from '../../core/experiment/catalog';
import { MESSAGES, type Key, type Messages } from './messages/index';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** For `<html lang>`, from which browsers choose glyphs and voices. */
const TAGS: Record<Language, string> = { en: 'en', zh: 'zh-CN' };

/** The names in braces of a message. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<K extends Key> = Names<Messages[K]['en']>;
type Values<K extends Key> = [NamesOf<K>] extends [never] ? [] : [values: Record<NamesOf<K>, string | number>];

/** The messages without names to fill in. */
export type PlainKey = { [K in Key]: [NamesOf<K>] extends [never] ? K : never }[Key];

class LanguageChoice {
  now = $state<Language>('en');

  /** Called once, before anything is drawn: the remembered language, else the browser's first one that the page has. */
  begin(): void {
    const before = remembered('language');
    this.show(LANGUAGES.find((one) => one === before) ?? preferred(navigator.languages));
  }

  choose(language: Language): void {
    remember('language', language);
    this.show(language);
  }

  private show(language: Language): void {
    this.now = language;
    document.documentElement.lang = TAGS[language];
    document.title = MESSAGES['title'][language];
  }
}

/** The first of a browser's languages that the page has, else English. */
export function preferred(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = LANGUAGES.find((one) => tag.toLowerCase().split('-')[0] === one);
    if (found) return found;
  }
  return 'en';
}

export const language = new LanguageChoice();

/** By key; those of a part of the page are missing until it is loaded. */
const known: Record<string, Words> = { ...MESSAGES };

/** To be called by a part of the page that is loaded later, before it shows anything. */
export function addMessages(messages: Readonly<Record<string, Words>>): void {
  Object.assign(known, messages);
}

/** The message in the page's language. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  const message = pick(known[key] ?? { en: key, zh: key });
  return values ? fill(message, values) : message;
}

/** The catalog's text in the page's language. */
export function pick(text: Readonly<Words>): string {
  return text[language.now];
}

/** A counted word of the English messages, without its s. */
const COUNTED =
  /\{(\w+)\} (answer|character|column|edge|minute|node|parameter|picture|point|row|run|sample|step|unit)s\b/g;

function fill(message: string, values: Readonly<Record<string, string | number>>): string {
  const singular = message.replace(COUNTED, (plural, name: string, word: string) =>
    String(values[name]) === '1' ? `{${name}} ${word}` : plural,
  );
  return singular.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
