/** What a map's pixels and its key say, in the page's language. */
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatPoint } from '../../ui/i18n/numbers';
import type { KeyRow } from './painting';
import { CONVERGED, DIVERGED, type Picture, type Pixel } from './picture';

const pointOf = (point: readonly number[]): string => formatPoint(point).replace(' ', '\u00a0');

/** What became of a run. */
export function outcomeOf({ found }: Pixel, picture: Picture): string {
  const { steps, measure, loss } = picture.sweep;
  if (typeof found !== 'number') {
    if (found.status === DIVERGED) return t('runmap.diverged', { step: found.step });
    if (found.status !== CONVERGED) return t('runmap.running', { steps });
    const at = picture.minimumAt(found.minimum);
    return at ? t('runmap.converged', { step: found.step, at: pointOf(at) }) : t('runmap.converged.one', { step: found.step });
  }
  const value = formatNumber(found);
  if (measure === 'steps_to_loss') {
    const to = formatNumber(loss ?? Number.NaN);
    return Number.isFinite(found) ? t('runmap.value.steps', { loss: to, step: value }) : t('runmap.value.unreached', { loss: to, steps });
  }
  if (!Number.isFinite(found)) return t('runmap.key.diverged');
  switch (measure) {
    case 'distance':
      return t('runmap.value.distance', { value, steps });
    case 'dev_loss':
      return t('runmap.value.dev', { value, steps });
    case 'dev_accuracy':
      return t('runmap.value.accuracy', { value: formatNumber(100 * found), steps });
    default:
      return t('runmap.value.loss', { value, steps });
  }
}

export function wordsOf(row: KeyRow, picture: Picture): string {
  const { measure = 'outcome', loss } = picture.sweep;
  switch (row.is) {
    case 'minimum': {
      const at = picture.minimumAt(row.minimum);
      return at ? t('runmap.key.converged', { at: pointOf(at) }) : t('runmap.key.converged.one', { number: row.minimum + 1 });
    }
    case 'more':
      return t('runmap.key.more', { count: row.count });
    case 'diverged':
      return t('runmap.key.diverged');
    case 'running':
      return t('runmap.key.running');
    case 'never':
      return measure === 'steps_to_loss' ? t('runmap.key.never') : t('runmap.key.diverged');
    case 'values': {
      const low = row.below ? `≤ ${formatNumber(row.low)}` : formatNumber(row.low);
      const high = row.above ? `≥ ${formatNumber(row.high)}` : formatNumber(row.high);
      const what = measure === 'steps_to_loss' ? t('runmap.measure.steps', { loss: formatNumber(loss ?? Number.NaN) }) : t(`runmap.measure.${measure}`);
      return t(row.log ? 'runmap.key.log' : 'runmap.key.values', { what, low, high });
    }
  }
}
