/** The key's label of each arrow that is drawn: its name and its scale. */
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { ARROWS, type Arrow, type Scales } from './step-arrows.svelte';

export interface ArrowLabel {
  readonly arrow: Arrow;
  readonly words: string;
}

export function arrowLabels(scales: Scales, dim: number): ArrowLabel[] {
  // A curve shows its slope as a tangent, which has no scale.
  const slope = (arrow: Arrow): boolean => dim === 1 && arrow === 'gradient';
  return ARROWS.filter((arrow) => scales[arrow] > 0 || slope(arrow)).map((arrow) => ({
    arrow,
    words: slope(arrow) ? t('arrows.slope') : t('arrows.scale', { name: t(`arrows.${arrow}`), scale: formatNumber(scales[arrow]) }),
  }));
}
