/** The result of a comparison with PyTorch, in words. */
import type { EngineCheck } from '../../core/protocol/wire';
import { t, type PlainKey } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

/** Words for values; a part of the optimizer's state has torch's own name. */
const VALUES: Readonly<Record<string, PlainKey>> = {
  loss: 'engine.value.loss',
  gradient: 'engine.value.gradient',
  parameters: 'engine.value.parameters',
};

export function describeCheck({ engines, first, last, worst, within }: EngineCheck): string {
  if (!engines.includes('compiled') || !worst) return t('engine.checked.none');
  if (Number(worst.ulps) === 0) return t('engine.checked.same', { first, last });
  const key = VALUES[worst.value];
  return t(within ? 'engine.checked.within' : 'engine.checked.beyond', {
    first,
    last,
    value: key ? t(key) : worst.value,
    step: worst.step,
    relative: formatNumber(Number(worst.relative), 2),
    ulps: formatNumber(Number(worst.ulps), 2),
  });
}
