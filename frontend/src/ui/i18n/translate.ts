/** Messages for code outside Svelte's reactivity: the stage and the charts. Components use `t`. */
import { language } from '../../core/browser/language';
import { MESSAGES, type Key } from './messages/index';

export type { Key };

/** The message in the page's language, with {names} filled in. */
export function translate(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(MESSAGES[key][language()], values);
}

export function fill(message: string, values: Readonly<Record<string, string | number>>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
