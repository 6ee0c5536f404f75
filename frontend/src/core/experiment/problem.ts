/** What an experiment minimises: a surface, or a model learning from data. The one place that tells the two apart. */
import type { Catalog, Experiment, Layer, Run, Value } from '../protocol/wire';
import { datasetEntry, surfaceEntry, type OptimizerEntry, type SurfaceEntry, type Words } from './catalog';

export type Problem = Experiment['problem'];
export type SurfaceProblem = Extract<Problem, { kind: 'surface' }>;
export type LearningProblem = Extract<Problem, { kind: 'learning' }>;
/** A start drawn from the seed. */
export type Init = Exclude<Run['start'], number[]>;

export function isSurface(problem: Problem): problem is SurfaceProblem {
  return problem.kind === 'surface';
}

export function isLearning(problem: Problem): problem is LearningProblem {
  return problem.kind === 'learning';
}

/** The catalog's surface that is descended; undefined where a model learns. */
export function surfaceOf(catalog: Catalog, { problem }: Experiment): SurfaceEntry | undefined {
  return isSurface(problem) ? surfaceEntry(catalog, problem.id) : undefined;
}

/** Params of the surface; of a learning problem's parts each has its own. */
export function surfaceParams(problem: Problem): Record<string, Value> {
  return isSurface(problem) ? (problem.params ?? {}) : {};
}

/** What a problem is called and what is said of it: of the surface, or of the data set. */
export function entryOf(catalog: Catalog, problem: Problem): { title: Words; about: Words } | undefined {
  return isSurface(problem) ? surfaceEntry(catalog, problem.id) : datasetEntry(catalog, problem.dataset.id);
}

/** Short, for the name of a file; the same words as the server's `Problem.name`. */
export function shortName(problem: Problem): string {
  return isSurface(problem) ? problem.id : `${problem.dataset.id}-${problem.model.id}`;
}

/** Where a run starts, where that is written out; null where it is drawn from the seed. */
export function placeOf(run: Run | undefined): number[] | null {
  return run && Array.isArray(run.start) ? run.start : null;
}

/** The optimizers that can be chosen: those for matrices alone only where there are some. */
export function offered(catalog: Catalog, problem: Problem): OptimizerEntry[] {
  return catalog.optimizers.filter((entry) => isLearning(problem) || !entry.matrices_only);
}

/** How many parameters a model has: the numbers in all its tensors. */
export function sizeOf(layers: readonly Layer[]): number {
  return layers.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** Short names of a model's parameters, in their order: w and b, numbered where there are several. */
export function parameterNames(layers: readonly Layer[]): string[] {
  const weights = sizeOf(layers.filter((layer) => layer.weight));
  const biases = sizeOf(layers) - weights;
  const counts = { w: 0, b: 0 };
  return layers.flatMap((layer) =>
    Array.from({ length: sizeOf([layer]) }, () => {
      const letter = layer.weight ? 'w' : 'b';
      counts[letter] += 1;
      return (layer.weight ? weights : biases) > 1 ? `${letter}${counts[letter]}` : letter;
    }),
  );
}

/** What the known rates of the catalog belong to: a surface, or a data set with what it is known to suit. */
export interface Ground {
  /** At which plain gradient descent does well there. */
  readonly lr: number;
}

export function groundOf(catalog: Catalog, problem: Problem): Ground | undefined {
  if (isSurface(problem)) return surfaceEntry(catalog, problem.id);
  const dataset = datasetEntry(catalog, problem.dataset.id);
  return dataset && { lr: dataset.known_lr };
}
