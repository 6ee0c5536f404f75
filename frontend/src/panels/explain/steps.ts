/** So many steps, in words. */
import { t } from '../../ui/i18n/i18n.svelte';

export function steps(count: number): string {
  return count === 1 ? t('say.step') : t('say.steps', { count });
}

/** After how many steps half is left of what each multiplies by a factor below 1. */
export function halving(factor: number): number {
  return Math.max(1, Math.ceil(Math.log(0.5) / Math.log(factor)));
}
