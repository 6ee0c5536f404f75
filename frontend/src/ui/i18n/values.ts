/** Values of params in words. */
import type { Value } from '../../core/session/types';
import { t } from './i18n.svelte';
import { say, sayPoint } from './numbers';

export function sayValue(value: Value): string {
  if (typeof value === 'number') return say(value);
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (!Array.isArray(value)) return value ?? t('control.none');
  const parts = value.map((each) => (each === null ? t('control.none') : Array.isArray(each) ? sayPoint(each) : say(each)));
  return `(${parts.join(', ')})`;
}
