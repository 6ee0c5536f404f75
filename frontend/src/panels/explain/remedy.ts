/** A verdict's remedy: the words on its button, and its application. */
import { optimizerEntry } from '../../core/experiment/catalog';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Catalog, Edit, Experiment } from '../../core/protocol/wire';
import { changeOf, type Session } from '../../core/session/types';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { formatValue } from '../../ui/i18n/values';

/** Seeks the remedy's step, makes its edit, and plays. */
export function apply(session: Session, remedy: Edit): void {
  session.seek(remedy.step);
  session.edit(changeOf(remedy));
  session.play();
}

/** code: of the verdict. */
export function remedyWords(catalog: Catalog, experiment: Experiment, remedy: Edit, code = ''): string {
  const { run, step, set, optimizer, params } = remedy;
  if (params) return t(code === 'unmoved' ? 'do.start' : 'do.nudge');
  if (optimizer) {
    const entry = optimizerEntry(catalog, optimizer.id);
    return t('do.optimizer', { name: entry ? pick(entry.title) : optimizer.id });
  }
  const changes = set ?? {};
  const { lr, momentum } = changes;
  const only = (...names: string[]) => Object.keys(changes).every((name) => names.includes(name));
  if (typeof lr === 'number' && typeof momentum === 'number' && only('lr', 'momentum', 'nesterov', 'dampening')) {
    return t('do.both', { momentum: formatNumber(momentum), lr: formatNumber(lr) });
  }
  if (typeof lr === 'number' && only('lr')) return t('do.rate', { lr: formatNumber(lr) });
  if (typeof momentum === 'number' && only('momentum')) return t('do.momentum', { momentum: formatNumber(momentum) });
  if (changes['maximize'] === false && only('maximize')) return t('do.down');

  // Other hyperparameters are named as in the catalog.
  const declared = optimizerEntry(catalog, hyperparametersAt(experiment, run, step).id)?.params ?? [];
  const each = Object.entries(changes).map(([id, value]) => {
    const param = declared.find((one) => one.id === id);
    return t('do.each', { name: param ? pick(param.title) : id, value: formatValue(value) });
  });
  return t('do.set', { changes: each.join(', ') });
}
