/** Being near a critical point and leaving it, in words. */
import { withoutRounding } from '../../core/player/eigenvalues';
import { assertNever, type Verdict } from '../../core/protocol/wire';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatFactor, formatPoint } from '../../ui/i18n/numbers';
import { steps } from './steps';

type Near = Extract<Verdict, { code: 'near' }>;
type Escaped = Extract<Verdict, { code: 'escaped' }>;

/** step: the one on screen, up to which the stay is counted. */
export function near(verdict: Near, name: string, step: number): string[] {
  const { downhill } = verdict;
  if (!downhill) return [kindWords(verdict, name)];
  const way = downhill.length > 1 ? t('say.down', { downhill: formatPoint(downhill, 2) }) : '';
  return [kindWords(verdict, name), way, ...leaving(verdict, step)];
}

function kindWords({ kind, at, eigenvalues }: Near, name: string): string {
  const bends = withoutRounding(eigenvalues);
  const values = { name, at: formatPoint(at), eigenvalues: bends.map((value) => formatNumber(value)).join(', ') };
  const flat = at.length > 1;
  switch (kind) {
    case 'saddle':
      return t('near.saddle', values);
    case 'maximum':
      return flat ? t('near.maximum', values) : t('near.maximum1', values);
    case 'minimum':
      return flat ? t('near.minimum', values) : t('near.minimum1', values);
    case 'degenerate':
      return bends.some((value) => value !== 0) ? t('near.degenerate.some', values) : t('near.degenerate', values);
    default:
      return assertNever(kind);
  }
}

function leaving({ since, law, factor, escape, stuck }: Near, step: number): string[] {
  if (stuck) return [t('say.stuck')];
  const so = steps(Math.max(0, step - since));
  if (factor === null) return [t('say.leave.unknown', { steps: so })];
  const values = { factor: formatFactor(factor), steps: so };
  const told =
    escape === null
      ? factor > 1
        ? t('say.leave.some', values)
        : t('say.leave.never', { factor: values.factor })
      : t(step > escape ? 'say.leave.late' : 'say.leave', { ...values, escape });
  return law === 'adaptive' ? [told, t('say.rescaled')] : [told];
}

export function escaped({ since, step, kind, at, escape }: Escaped, name: string): string {
  const took = step - since;
  const values = { name, kind: t(`kind.${kind}`), at: formatPoint(at), steps: steps(took) };
  if (escape === null) return t('say.escaped', values);
  const predicted = escape - since;
  return predicted === took ? t('say.escaped.exactly', values) : t('say.escaped.predicted', { ...values, predicted });
}
