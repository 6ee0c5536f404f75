/** What the runs of a question are called: the optimizer with its rate, since a class compares those. */
import { optimizerEntry } from '../../../core/experiment/catalog';
import { hyperparametersAt } from '../../../core/experiment/hyperparameters';
import type { Catalog, Experiment } from '../../../core/protocol/wire';
import { pick, t } from '../../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../../ui/i18n/numbers';
import { runNames } from '../../runs/run-names';

/** One a run, as it is at a step; where two have the same optimizer and rate, they are numbered. */
export function runLabels(catalog: Catalog, experiment: Experiment, step = 0): string[] {
  const optimizers = experiment.runs.map((_, run) => hyperparametersAt(experiment, run, step));
  const titles = optimizers.map((optimizer) => {
    const entry = optimizerEntry(catalog, optimizer.id);
    return entry ? pick(entry.title) : optimizer.id;
  });
  const withRates = (names: readonly string[]): string[] =>
    names.map((name, run) => {
      const rate = optimizers[run]?.['lr'];
      return typeof rate === 'number' ? t('predict.run', { name, rate: formatNumber(rate) }) : name;
    });
  const labels = withRates(titles);
  return new Set(labels).size === labels.length ? labels : withRates(runNames(catalog, experiment, step));
}
