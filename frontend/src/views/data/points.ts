/** Data sets whose samples are put on the plot by hand: their rows, and an experiment with other rows. */
import { withLearning } from '../../core/experiment/learning';
import { isLearning } from '../../core/experiment/problem';
import type { Catalog, DataPicture, Experiment } from '../../core/protocol/wire';

type Row = readonly number[];
export type Points = readonly Row[];

const PARAM = 'points';

/** Rows of x, y and class, or of x and y; null for every other data set. */
export function pointsOf(experiment: Experiment): Points | null {
  const { problem } = experiment;
  if (!isLearning(problem) || !['points', 'curve_points'].includes(problem.dataset.id)) return null;
  const rows = problem.dataset.params?.[PARAM];
  return Array.isArray(rows) ? (rows as Points) : [];
}

/** How many points the data set may have. */
export function pointLimit(catalog: Catalog | null, experiment: Experiment): number {
  const { problem } = experiment;
  const entry = isLearning(problem) && catalog?.datasets.find(({ id }) => id === problem.dataset.id);
  const param = entry ? entry.params.find(({ id }) => id === PARAM) : undefined;
  return param && 'max_rows' in param ? Number(param.max_rows) : 0;
}

/** A row of the data set: with a class on a map, without on a curve. */
export function rowOf(picture: DataPicture, x: number, y: number, classIndex: number): Row {
  return picture.kind === 'map' ? [x, y, classIndex] : [x, y];
}

export function withPoints(experiment: Experiment, points: Points): Experiment {
  const { problem } = experiment;
  if (!isLearning(problem)) return experiment;
  const params = { ...problem.dataset.params, [PARAM]: points.map((row) => [...row]) };
  return withLearning(experiment, { ...problem, dataset: { ...problem.dataset, params } });
}
