/** Answers and truths in words. */
import type { Answer, Question, Truth } from '../../../core/classroom/types';
import { language, t } from '../../../ui/i18n/i18n.svelte';
import { formatNumber, formatPoint } from '../../../ui/i18n/numbers';
import type { Words } from '../../../core/experiment/catalog';

/** A teacher's words in the page's language, or in the only one that they are in. */
export function words({ en = '', zh = '' }: Partial<Words>): string {
  return language.now === 'zh' ? zh || en : en || zh;
}

/** labels: of the runs. */
export function answerText(question: Question, answer: Answer, labels: readonly string[]): string {
  switch (answer.kind) {
    case 'choose':
      return optionText(question, answer.option);
    case 'number':
      return formatNumber(answer.value);
    case 'place':
      return formatPoint(answer.at);
    case 'order':
      return orderText(answer.runs, labels);
  }
}

export function truthText(question: Question, truth: Truth, labels: readonly string[]): string {
  switch (truth.kind) {
    case 'choose':
      return truth.options.map((option) => optionText(question, option)).join(' / ') || t('results.novalue');
    case 'number':
      return truth.value === null ? t('results.novalue') : formatNumber(Number(truth.value));
    case 'place':
      return truth.at === null ? t('results.novalue') : formatPoint(truth.at.map(Number));
    case 'order':
      return orderText(truth.runs, labels);
  }
}

export function orderText(runs: readonly number[], labels: readonly string[]): string {
  return runs.map((run) => labels[run] ?? '').join(' › ');
}

function optionText(question: Question, option: number): string {
  const chosen = question.kind === 'choose' ? question.options[option] : undefined;
  return chosen ? words(chosen.label) : '';
}

/** Whether an answer is the right one; null where it can only be nearer or farther. */
export function isRight(answer: Answer, truth: Truth): boolean | null {
  if (answer.kind === 'choose' && truth.kind === 'choose') return truth.options.includes(answer.option);
  if (answer.kind === 'order' && truth.kind === 'order') return answer.runs.every((run, n) => run === truth.runs[n]);
  return null;
}

export function countText(count: number): string {
  if (count === 0) return t('results.none');
  return t('results.count', { count });
}
