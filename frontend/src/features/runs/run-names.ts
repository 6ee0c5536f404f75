/** What the runs of a race are called: by their optimizer, and where they branched off; numbered where two have the same. */
import { optimizerEntry } from '../../core/experiment/catalog';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Catalog, Experiment } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';

/** One a run, as they are at a step. */
export function runNames(catalog: Catalog, experiment: Experiment, step: number): string[] {
  const titles = experiment.runs.map(({ fork }, run) => {
    const { id } = hyperparametersAt(experiment, run, step);
    const entry = optimizerEntry(catalog, id);
    const name = entry ? pick(entry.title) : id;
    return fork ? t('fork.name', { name, step: fork.step }) : name;
  });
  return titles.map((title, run) => {
    const before = titles.slice(0, run).filter((other) => other === title).length;
    const all = titles.filter((other) => other === title).length;
    return all > 1 ? `${title} ${before + 1}` : title;
  });
}
