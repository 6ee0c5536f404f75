/** What the page says about its connection. */
import type { Session } from '../core/session/types';
import { t } from '../ui/i18n/i18n.svelte';

export function connectionText({ connection, place, fault }: Session): string {
  if (connection === 'full' && fault?.code === 'busy') return t('connection.refused', { message: fault.message });
  return connection === 'waiting' ? t('connection.waiting', { place }) : t(`connection.${connection}`);
}
