/** The page's language, and every word of it in that language. */
import { remember, remembered } from '../../core/browser/remember';
import { en, type Messages } from './en';
import { zh } from './zh';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

const DICTIONARIES: Record<Language, Messages> = { en, zh };
/** What `<html lang>` says, so that browsers choose the right glyphs and voices. */
const TAGS: Record<Language, string> = { en: 'en', zh: 'zh-CN' };

/** The names in braces of a message. */
type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
export type Key = keyof typeof en;
type Values<K extends Key> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [values: Record<Names<(typeof en)[K]>, string | number>];

/** The messages that nothing is filled into. */
export type PlainKey = { [K in Key]: [Names<(typeof en)[K]>] extends [never] ? K : never }[Key];

class LanguageChoice {
  now = $state<Language>('en');

  /** Once, before anything is drawn: as remembered, else the browser's first one that we speak. */
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
    document.title = DICTIONARIES[language]['title'];
  }
}

/** The first of a browser's languages that the page speaks; English where it speaks none. */
export function preferred(tags: readonly string[]): Language {
  for (const tag of tags) {
    const spoken = LANGUAGES.find((one) => tag.toLowerCase().split('-')[0] === one);
    if (spoken) return spoken;
  }
  return 'en';
}

export const language = new LanguageChoice();

/** The message in the page's language. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  const message = DICTIONARIES[language.now][key];
  return values ? fill(message, values) : message;
}

/** Words of the catalog. */
export function pick(text: { readonly en: string; readonly zh: string }): string {
  return text[language.now];
}

function fill(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
