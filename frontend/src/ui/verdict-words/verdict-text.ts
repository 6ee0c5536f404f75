/** A verdict in plain sentences, from its words in the catalog. */
import { withoutRounding } from '../../core/player/eigenvalues';
import type { Catalog, CriticalPoint, Verdict } from '../../core/protocol/wire';
import { pick, t } from '../i18n/i18n.svelte';
import { formatFactor, formatNumber, formatPoint } from '../i18n/numbers';
import { evaluate, type Scope } from './expression';

export type VerdictWords = Catalog['verdicts'];
type Words = VerdictWords[string];
type Sentence = Extract<Words['sentences'][number], readonly unknown[]>[number];
type Parts = Words['parts'];
export type VerdictMark = NonNullable<Words['mark']>;

/** What a sentence needs beside the verdict. */
export interface SentenceContext {
  /** Of the run. */
  readonly name: string;
  /** The step on screen. */
  readonly step: number;
  /** The run's loss at that step and at the start. */
  readonly loss: number;
  readonly firstLoss: number;
}

/** The verdict's sentences in the page's language; empty for a verdict without words. */
export function describeVerdict(words: VerdictWords, verdict: Verdict, { name, step, loss, firstLoss }: SentenceContext): string {
  const sentences = describe(words, verdict.code, { ...verdict, name, now: step, loss_now: loss, loss_first: firstLoss });
  return sentences.filter((one) => one !== '').join(t('say.gap'));
}

/** The timeline's label of the verdict; null where it has no mark. */
export function markOf(words: VerdictWords, verdict: Verdict): VerdictMark | null {
  const mark = words[verdict.code]?.mark;
  return mark && holds(mark, { ...verdict }) ? mark : null;
}

export function describeMark(words: VerdictWords, verdict: Verdict, name: string): string {
  const mark = markOf(words, verdict);
  return mark ? fill(pick(mark), { ...verdict, name }, {}) : '';
}

function describe(words: VerdictWords, file: string, scope: Scope): string[] {
  const { sentences, parts } = words[file] ?? { sentences: [], parts: {} };
  return sentences.flatMap((group) => {
    if (Array.isArray(group)) return [choose(group, scope, parts)];
    return holds(group, scope) ? describe(words, group.include, scope) : [];
  });
}

function holds({ when }: { readonly when?: string | null }, scope: Scope): boolean {
  return when === null || when === undefined || Boolean(evaluate(when, scope));
}

/** The first of a group that holds; empty where none does. */
function choose(group: readonly Sentence[], scope: Scope, parts: Parts): string {
  const sentence = group.find((one) => holds(one, scope));
  return sentence ? fill(pick(sentence), scope, parts) : '';
}

function fill(text: string, scope: Scope, parts: Parts): string {
  return text.replace(/\{([^{}|]+)(?:\|(\w+))?\}/g, (_whole, source: string, format?: string) => {
    const part = parts[source];
    return part ? choose(part, scope, parts) : formatted(evaluate(source, scope), format);
  });
}

function formatted(value: unknown, format: string | undefined): string {
  const number = Number(value);
  switch (format) {
    case 'count':
      return String(value);
    case 'direction':
      return formatPoint(value as number[], 2);
    case 'eigenvalues':
      return withoutRounding(value as number[]).map((one) => formatNumber(one)).join(', ');
    case 'factor':
      return formatFactor(number);
    case 'halving': // after how many steps half is left
      return steps(Math.max(1, Math.ceil(Math.log(0.5) / Math.log(number))));
    case 'kind':
      return t(`kind.${value as CriticalPoint['kind']}`);
    case 'steps':
      return steps(Math.round(number));
    case 'two':
      return formatNumber(number, 2);
    default:
      return Array.isArray(value) ? formatPoint(value as number[]) : typeof value === 'string' ? value : formatNumber(number);
  }
}

function steps(count: number): string {
  return t('say.steps', { count });
}
