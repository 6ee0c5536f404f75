/** Values of params in words. */
import type { Value } from '../../core/protocol/wire';
import { t } from './i18n.svelte';
import { formatNumber, formatPoint } from './numbers';

export function formatValue(value: Value): string {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (!Array.isArray(value)) return value ?? t('control.none');
  const parts = value.map((each) => (each === null ? t('control.none') : Array.isArray(each) ? formatPoint(each) : formatNumber(each)));
  return `(${parts.join(', ')})`;
}
