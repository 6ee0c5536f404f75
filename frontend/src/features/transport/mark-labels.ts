/** Labels of the timeline's marks. */
import { optimizerEntry } from '../../core/experiment/catalog';
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Catalog, Edit, Experiment } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import { formatPoint } from '../../ui/i18n/numbers';
import { formatValue } from '../../ui/i18n/values';
import { describeMark } from '../../ui/verdict-words/verdict-text';
import type { Cluster, Mark } from './timeline-marks';

/** A label lists at most this many marks of a cluster. */
const MAX_LISTED = 5;

/** The steps of a cluster, then a line for each mark. names: of the runs. */
export function clusterLabel(catalog: Catalog, experiment: Experiment, names: readonly string[], cluster: Cluster): string[] {
  const { first, last, marks } = cluster;
  const when = first === last ? t('mark.at', { step: first }) : t('mark.between', { from: first, to: last });
  const lines = marks.slice(0, MAX_LISTED).map((mark) => markLabel(catalog, experiment, names, mark));
  if (marks.length > MAX_LISTED) lines.push(t('mark.more', { count: marks.length - MAX_LISTED }));
  return [when, ...lines];
}

function markLabel(catalog: Catalog, experiment: Experiment, names: readonly string[], mark: Mark): string {
  const run = names[mark.run] ?? '';
  switch (mark.kind) {
    case 'edit':
      return t('mark.edit', { run, changes: changes(catalog, experiment, mark.edit) });
    case 'fork':
      return t('fork.mark', { run, parent: names[mark.parent] ?? '' });
    default:
      return describeMark(catalog.verdicts, mark.verdict, run);
  }
}

function changes(catalog: Catalog, experiment: Experiment, { run, step, set, optimizer, params }: Edit): string {
  if (params) return t('mark.moved', { point: formatPoint(params) });
  if (optimizer) {
    const entry = optimizerEntry(catalog, optimizer.id);
    return t('mark.optimizer', { name: entry ? pick(entry.title) : optimizer.id });
  }
  const before = step > 0 ? hyperparametersAt(experiment, run, step - 1) : experiment.runs[run]?.optimizer;
  const declared = optimizerEntry(catalog, hyperparametersAt(experiment, run, step).id)?.params ?? [];
  return Object.entries(set ?? {})
    .map(([id, value]) => {
      const param = declared.find((one) => one.id === id);
      const name = param ? pick(param.title) : id;
      return t('mark.set', { name, before: formatValue(before?.[id] ?? null), value: formatValue(value) });
    })
    .join(', ');
}
