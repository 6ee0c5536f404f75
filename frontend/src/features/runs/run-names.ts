/** Names of the runs: the optimizer, where a fork starts, and a missing zero_grad; numbered where two are the same. */
import { optimizerEntry } from '../../core/experiment/catalog';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Catalog, Experiment } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';

/** One name a run, at a step. */
export function runNames(catalog: Catalog, experiment: Experiment, step: number): string[] {
  const titles = experiment.runs.map(({ fork, zero_grad: clears }, run) => {
    const { id } = hyperparametersAt(experiment, run, step);
    const entry = optimizerEntry(catalog, id);
    const title = entry ? pick(entry.title) : id;
    const name = clears === false ? t('run.summed.name', { name: title }) : title;
    return fork ? t('fork.name', { name, step: fork.step }) : name;
  });
  return titles.map((title, run) => {
    const before = titles.slice(0, run).filter((other) => other === title).length;
    const all = titles.filter((other) => other === title).length;
    return all > 1 ? `${title} ${before + 1}` : title;
  });
}
