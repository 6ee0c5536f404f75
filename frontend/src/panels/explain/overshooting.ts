/** Steps that are too long, in words: above the limit of stability, and swings that are not. */
import { assertNever, type Verdict } from '../../core/protocol/wire';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatFactor, formatPoint } from '../../ui/i18n/numbers';
import { halving, steps } from './steps';

type Limit = Extract<Verdict, { code: 'unstable' }>['limit'];
type Oscillating = Extract<Verdict, { code: 'oscillating' }>;

/** lr × curvature against its limit, and the largest rate that is not above it. */
export function overLimit(limit: Limit): string[] {
  const { since, direction, momentum } = limit;
  // No rate at all is below a limit of 0.
  if (limit.limit <= 0) return [momentum >= 1 ? t('cause.momentum') : t('cause.dampening')];
  const values = { since, product: formatNumber(limit.product), limit: bound(limit) };
  return [
    direction.length > 1 ? t('say.over', { ...values, direction: formatPoint(direction, 2) }) : t('say.over1', values),
    limit.law === 'adaptive' ? t('say.rescaled') : '',
    t('say.largest', { largest: formatNumber(limit.largest) }),
  ];
}

/** The limit, and where it comes from when that can be said in one formula. */
function bound({ law, limit, momentum }: Limit): string {
  const values = { limit: formatNumber(limit), mu: formatNumber(momentum) };
  // Dampening, or averaging as in Adam, changes the gradient's share and with it the formula.
  const is = (expected: number) => Math.abs(limit - expected) <= 1e-6 * expected;
  switch (law) {
    case 'plain':
      return t('say.limit', { limit: values.limit });
    case 'heavy_ball':
      return is(2 * (1 + momentum)) ? t('say.limit.heavy', values) : t('say.limit.other', values);
    case 'nesterov':
      return is((2 * (1 + momentum)) / (1 + 2 * momentum)) ? t('say.limit.nesterov', values) : t('say.limit.other', values);
    case 'adaptive':
      return momentum > 0 ? t('say.limit.other', values) : t('say.limit', { limit: values.limit });
    default:
      return assertNever(law);
  }
}

/** A swing whose width changes by less than this share a step is said to stay as it is. */
const STEADY = 1e-3;

export function swinging(verdict: Oscillating, name: string): string[] {
  const { since, direction, factor, swing, half } = verdict;
  if (half !== null) return rounding(verdict, half, name);
  const values = { name, since, swing: formatNumber(swing) };
  const what = direction.length > 1 ? t('say.swing', { ...values, direction: formatPoint(direction, 2) }) : t('say.swing1', values);
  if (Math.abs(factor - 1) < STEADY) return [what, t('say.swing.stays')];
  if (factor > 1) return [what, t('say.swing.grows', { factor: formatFactor(factor) })];
  return [what, t('say.swing.fades', { factor: formatFactor(factor), steps: steps(halving(factor)) })];
}

/** Several steps from turn to turn. */
function rounding({ step, since, direction, factor, swing, law }: Oscillating, half: number, name: string): string[] {
  const values = { name, since, step, swing: formatNumber(swing), half: steps(Math.round(half)) };
  const what = direction.length > 1 ? t('say.round', { ...values, direction: formatPoint(direction, 2) }) : t('say.round1', values);
  if (Math.abs(factor - 1) < STEADY) return [what, t('say.swing.stays')];
  if (factor > 1) return [what, t('say.round.grows', { factor: formatFactor(factor) })];
  const left = { factor: formatFactor(factor), steps: steps(halving(factor)) };
  if (law === 'heavy_ball') return [what, t('say.round.heavy', left)];
  return [what, t(law === 'nesterov' ? 'say.round.nesterov' : 'say.round.fades', left)];
}
