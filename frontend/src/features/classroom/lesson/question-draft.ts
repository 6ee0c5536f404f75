/** Questions that a teacher makes on the page. What is right is said in conditions on the recording, never typed in. */
import type { Question, QuestionOf } from '../../../core/classroom/types';
import type { Schemas } from '../../../core/protocol/wire';
import { inOne } from './lesson-file';

/** What is asked, each a kind of question with its conditions. */
export const ASKS = ['arrives', 'diverges', 'lowest', 'lr', 'loss', 'steps', 'place', 'order'] as const;
export type Ask = (typeof ASKS)[number];

export interface Draft {
  readonly ask: Ask;
  /** The teacher's words. */
  readonly text: string;
  readonly run: number;
  /** A loss to fall below. */
  readonly below: number;
  /** Ends of a number's slider. */
  readonly low: number;
  readonly high: number;
}

/** The asks that make sense: a race takes two runs, a place a map. */
export function asksFor(runs: number, dim: number | null): Ask[] {
  return ASKS.filter((ask) => {
    if (ask === 'arrives' || ask === 'lowest' || ask === 'order') return runs > 1;
    return ask !== 'place' || dim === 1 || dim === 2;
  });
}

/** Whether the draft's words name a loss to fall below. */
export function needsBelow(ask: Ask): boolean {
  return ask === 'arrives' || ask === 'steps' || ask === 'order';
}

export function isNumber(ask: Ask): boolean {
  return ask === 'lr' || ask === 'loss' || ask === 'steps';
}

/** A slider's ends that suit what is asked. rate, loss: of the run at its start. */
export function endsFor(ask: Ask, rate: number, loss: number, until: number): { low: number; high: number } {
  const around = (value: number, decades: number): { low: number; high: number } => {
    const power = 10 ** Math.round(Math.log10(Number.isFinite(value) && value > 0 ? value : 1));
    return { low: Number((power / 10 ** decades).toPrecision(3)), high: Number((power * 10 ** decades).toPrecision(3)) };
  };
  if (ask === 'lr') return around(rate, 2);
  if (ask === 'steps') return { low: 1, high: Math.max(10, until) };
  return { low: around(loss, 4).low, high: around(loss, 1).high };
}

/** The words of the options that the page writes itself. */
export interface OptionWords {
  readonly runs: readonly string[];
  readonly none: string;
  readonly yes: string;
  readonly no: string;
}

/** The question of a draft. */
export function questionOf(draft: Draft, words: OptionWords, language: 'en' | 'zh'): Question {
  const ask = inOne(draft.text, language);
  const { run, below, low, high } = draft;
  const option = (label: string, when: Schemas['Option']['when'] = []): Schemas['Option'] => ({ label: inOne(label, language), when });
  const choose = (options: Schemas['Option'][]): QuestionOf<'choose'> => ({ kind: 'choose', ask, options });
  switch (draft.ask) {
    case 'arrives':
      return choose([
        ...words.runs.map((name, n) => option(name, [{ what: 'arrives', run: n, below }])),
        option(words.none, [{ what: 'none_arrives', below }]),
      ]);
    case 'lowest':
      return choose(words.runs.map((name, n) => option(name, [{ what: 'lowest', run: n, step: null }])));
    case 'diverges':
      return choose([option(words.yes, [{ what: 'diverges', run }]), option(words.no, [{ what: 'stays', run }])]);
    case 'lr':
    case 'loss':
    case 'steps':
      return { kind: 'number', ask, of: draft.ask, run, low, high, below: draft.ask === 'steps' ? below : null };
    case 'place':
      return { kind: 'place', ask, run };
    case 'order':
      return { kind: 'order', ask, by: 'steps', below };
  }
}
