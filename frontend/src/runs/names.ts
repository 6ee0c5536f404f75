/** What the runs of a race are called: by their optimizer, numbered where two have the same. */
import { optimizerEntry } from '../experiment/catalog';
import { hyperAt } from '../experiment/hyper';
import { pick } from '../i18n/i18n.svelte';
import type { Catalog, Experiment } from '../session/types';

/** One a run, as they are at a step. */
export function runNames(catalog: Catalog, experiment: Experiment, step: number): string[] {
  const titles = experiment.runs.map((_, run) => {
    const { id } = hyperAt(experiment, run, step);
    const entry = optimizerEntry(catalog, id);
    return entry ? pick(entry.title) : id;
  });
  return titles.map((title, run) => {
    const before = titles.slice(0, run).filter((other) => other === title).length;
    const all = titles.filter((other) => other === title).length;
    return all > 1 ? `${title} ${before + 1}` : title;
  });
}
