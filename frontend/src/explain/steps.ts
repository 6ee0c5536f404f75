/** So many steps, in words. */
import { t } from '../i18n/i18n.svelte';

export function steps(count: number): string {
  return count === 1 ? t('say.step') : t('say.steps', { count });
}
