/** What is said where an edit has put a run: the engine's verdict is about the place where it was. */
import type { Move } from '../../core/player/move';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatPoint } from '../../ui/i18n/numbers';

/** before: the loss at the place where it was. */
export function movedWords({ params, loss: [loss] }: Move, before: number, name: string): string {
  const at = formatPoint(params);
  return Number.isNaN(loss) ? t('moved', { name, at }) : t('moved.loss', { name, at, loss: formatNumber(loss), before: formatNumber(before) });
}
