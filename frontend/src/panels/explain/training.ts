/** What happens to a model, in words. */
import type { Verdict } from '../../core/protocol/wire';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

type Of<Code extends Verdict['code']> = Extract<Verdict, { code: Code }>;

/** Counts to the step on screen: each step adds one. */
export function summed({ since }: Of<'summed'>, name: string, step: number): string {
  const count = step - since + 1;
  return count === 1 ? t('say.summed.one', { name }) : t('say.summed', { name, count });
}

export function edge({ since, sharpness, limit, bound }: Of<'edge'>, name: string): string[] {
  return [
    t('say.edge', { name, since, sharpness: formatNumber(sharpness), bound: formatNumber(bound), limit: formatNumber(limit) }),
    t('say.edge.why'),
  ];
}

export function overfitting(verdict: Of<'overfitting'>, name: string): string[] {
  const { since, best, dev } = verdict;
  return [
    t('say.overfitting', { name, since, best: formatNumber(best), dev: formatNumber(dev) }),
    t('say.overfitting.train', { then: formatNumber(verdict.train_then), train: formatNumber(verdict.train), since }),
  ];
}

export function vanishing({ layer, last, ratio, norm }: Of<'vanishing'>, name: string): string[] {
  return [t('say.vanishing', { name, layer, last, ratio: formatNumber(ratio), norm: formatNumber(norm) }), t('say.vanishing.why')];
}

export function exploding({ since, grad_norm, before }: Of<'exploding'>, name: string): string {
  return t('say.exploding', { name, since, norm: formatNumber(grad_norm), times: formatNumber(grad_norm / before, 2) });
}

export function stalled({ cause, fall, span, loss, grad_norm }: Of<'stalled'>, name: string): string[] {
  const values = { name, span, loss: formatNumber(loss), percent: formatNumber(100 * Math.abs(fall), 2) };
  const what = fall >= 0 ? t('say.stalled', values) : t('say.stalled.rises', values);
  return [what, cause === 'flat' ? t('say.stalled.flat', { slope: formatNumber(grad_norm) }) : t('say.stalled.noise')];
}

export function settled({ since, loss, grad_norm, steepest }: Of<'settled'>, name: string): string {
  return t('say.settled', { name, since, loss: formatNumber(loss), slope: formatNumber(grad_norm), steepest: formatNumber(steepest) });
}
