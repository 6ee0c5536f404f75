/** What the page says about its connection. */
import type { Session } from '../core/session/types';
import { t } from '../ui/i18n/i18n.svelte';

export function connectionText({ connection, place }: Session): string {
  return connection === 'waiting' ? t('connection.waiting', { place }) : t(`connection.${connection}`);
}
