/** Learning experiments made from experiments: each function returns a new one, to be opened. None touches its argument. */
import type { Catalog, Experiment, Run, Value } from '../protocol/wire';
import type { DatasetEntry } from './catalog';
import { newLearningRun, newOptimizer, PLAIN_DESCENT } from './defaults';
import { unchanged } from './fork';
import { isLearning, placeOf, type Ground, type LearningProblem } from './problem';

/** The parts of a learning problem that are an entry of the catalog. */
export const CHOSEN = ['dataset', 'model', 'loss'] as const;
export type ChosenPart = (typeof CHOSEN)[number];

/** A data set with the model and the loss that are known to suit it; batch, split and penalty are the server's defaults. */
export function knownProblem(dataset: DatasetEntry, params: Record<string, Value> = {}): LearningProblem {
  const { known_model: model, known_loss: loss } = dataset;
  return {
    kind: 'learning',
    dataset: { id: dataset.id, params },
    model: { id: model.id, params: { ...model.params } },
    loss: { id: loss.id, params: { ...loss.params } },
  };
}

/** The same optimizers on a data set, each at the rate known to work there, from PyTorch's own start. Edits and branches go. */
export function onDataset(catalog: Catalog, experiment: Experiment, dataset: DatasetEntry, problem: LearningProblem): Experiment {
  const ground: Ground = { lr: dataset.known_lr };
  const before = unchanged(experiment);
  const runs = before.runs.map((run): Run => {
    const known = newOptimizer(catalog, run.optimizer.id, ground);
    return { ...run, optimizer: { ...run.optimizer, ...known }, start: { init: 'default' } };
  });
  return { ...before, problem, runs };
}

/** With one run of plain descent alone: what every model takes. */
export function plainRun(catalog: Catalog, experiment: Experiment, dataset: DatasetEntry): Experiment {
  return { ...unchanged(experiment), runs: [newLearningRun(catalog, PLAIN_DESCENT, { lr: dataset.known_lr })] };
}

/**
 * The same runs on a changed problem; edits and branches go. A start that is written out stays where the model is the
 * same: of another one it would have the wrong length.
 */
export function withLearning(experiment: Experiment, problem: LearningProblem): Experiment {
  const before = unchanged(experiment);
  const kept = isLearning(experiment.problem) && sameModel(experiment.problem, problem);
  const runs = before.runs.map((run): Run => (kept || placeOf(run) === null ? run : { ...run, start: { init: 'default' } }));
  return { ...before, problem, runs };
}

/** Another entry in the place of one, with its own defaults. */
export function withChosen(problem: LearningProblem, part: ChosenPart, id: string): LearningProblem {
  return { ...problem, [part]: { id, params: {} } };
}

/** Another value of a param of one part. */
export function withChosenParam(problem: LearningProblem, part: ChosenPart, id: string, value: Value): LearningProblem {
  return { ...problem, [part]: { ...problem[part], params: { ...problem[part].params, [id]: value } } };
}

function sameModel(one: LearningProblem, other: LearningProblem): boolean {
  return JSON.stringify([one.dataset, one.model]) === JSON.stringify([other.dataset, other.model]);
}
