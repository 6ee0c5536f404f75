/** Pure functions from an experiment to a changed learning experiment. */
import type { Catalog, Experiment, Run, Value } from '../protocol/wire';
import type { DatasetEntry } from './catalog';
import { NEW_ENGINE, newOptimizer, PLAIN_SGD } from './defaults';
import { withoutEdits } from './fork';
import { isLearning, startPoint, type LearningProblem } from './problem';

/** The parts of a learning problem that are catalog entries. */
export const PARTS = ['dataset', 'model', 'loss'] as const;
export type ChosenPart = (typeof PARTS)[number];

/** A data set with its known model and loss; batch, split and penalty are the server's defaults. */
export function knownProblem(dataset: DatasetEntry, params: Record<string, Value> = {}): LearningProblem {
  const { known_model: model, known_loss: loss } = dataset;
  return {
    kind: 'learning',
    dataset: { id: dataset.id, params },
    model: { id: model.id, params: { ...model.params } },
    loss: { id: loss.id, params: { ...loss.params } },
  };
}

/** The same optimizers on a data set, at its known rates and PyTorch's default init, compiled. Edits and forks are dropped. */
export function onDataset(catalog: Catalog, experiment: Experiment, dataset: DatasetEntry, problem: LearningProblem): Experiment {
  const before = withoutEdits(experiment);
  const runs = before.runs.map((run): Run => {
    const known = newOptimizer(catalog, run.optimizer.id, dataset.known_lr);
    return { ...run, optimizer: { ...run.optimizer, ...known }, start: { init: 'default' } };
  });
  return { ...before, engine: NEW_ENGINE, problem, runs };
}

/** With a single run of plain SGD, which every model accepts. */
export function withPlainSgd(catalog: Catalog, experiment: Experiment, dataset: DatasetEntry): Experiment {
  const optimizer = newOptimizer(catalog, PLAIN_SGD, dataset.known_lr);
  return { ...withoutEdits(experiment), runs: [{ optimizer, start: { init: 'default' } }] };
}

/**
 * The same runs on a changed problem; edits and forks are dropped. A start given as numbers is kept only for the same
 * model, since another model has another number of parameters.
 */
export function withLearning(experiment: Experiment, problem: LearningProblem): Experiment {
  const before = withoutEdits(experiment);
  const kept = isLearning(experiment.problem) && sameModel(experiment.problem, problem);
  const runs = before.runs.map((run): Run => (kept || startPoint(run) === null ? run : { ...run, start: { init: 'default' } }));
  return { ...before, problem, runs };
}

/** Another catalog entry for one part, with its defaults. */
export function withPart(problem: LearningProblem, part: ChosenPart, id: string): LearningProblem {
  return { ...problem, [part]: { id, params: {} } };
}

/** Another value for a param of one part. */
export function withPartParam(problem: LearningProblem, part: ChosenPart, id: string, value: Value): LearningProblem {
  return { ...problem, [part]: { ...problem[part], params: { ...problem[part].params, [id]: value } } };
}

function sameModel(one: LearningProblem, other: LearningProblem): boolean {
  return JSON.stringify([one.dataset, one.model]) === JSON.stringify([other.dataset, other.model]);
}
