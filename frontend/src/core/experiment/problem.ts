/** What an experiment minimises: a surface, or the loss of a model on data. Only this module tells the two apart. */
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

/** The catalog's surface; undefined for a learning problem. */
export function surfaceOf(catalog: Catalog, { problem }: Experiment): SurfaceEntry | undefined {
  return isSurface(problem) ? surfaceEntry(catalog, problem.id) : undefined;
}

/** The surface's params; empty for a learning problem, whose parts have their own. */
export function surfaceParams(problem: Problem): Record<string, Value> {
  return isSurface(problem) ? (problem.params ?? {}) : {};
}

/** Title and description of a problem: the surface's, or the data set's. */
export function problemEntry(catalog: Catalog, problem: Problem): { title: Words; about: Words } | undefined {
  return isSurface(problem) ? surfaceEntry(catalog, problem.id) : datasetEntry(catalog, problem.dataset.id);
}

/** For file names; the same as the server's `Problem.name`. */
export function shortName(problem: Problem): string {
  return isSurface(problem) ? problem.id : `${problem.dataset.id}-${problem.model.id}`;
}

/** A run's start as numbers; null where it is drawn from the seed. */
export function startPoint(run: Run | undefined): number[] | null {
  return run && Array.isArray(run.start) ? run.start : null;
}

/** The optimizers for the menu: those for matrices only are left out for surfaces. */
export function availableOptimizers(catalog: Catalog, problem: Problem): OptimizerEntry[] {
  return catalog.optimizers.filter((entry) => isLearning(problem) || !entry.matrices_only);
}

/** The number of parameters: the numbers in all tensors. */
export function parameterCount(layers: readonly Layer[]): number {
  return layers.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
}

/** Short names of a model's parameters, in order: w and b, numbered where there are several. */
export function parameterNames(layers: readonly Layer[]): string[] {
  const weights = parameterCount(layers.filter((layer) => layer.weight));
  const biases = parameterCount(layers) - weights;
  const counts = { w: 0, b: 0 };
  return layers.flatMap((layer) =>
    Array.from({ length: parameterCount([layer]) }, () => {
      const letter = layer.weight ? 'w' : 'b';
      counts[letter] += 1;
      return (layer.weight ? weights : biases) > 1 ? `${letter}${counts[letter]}` : letter;
    }),
  );
}

/** The rate at which plain gradient descent does well on a problem, from the catalog. */
export function knownRateOf(catalog: Catalog, problem: Problem): number | undefined {
  return isSurface(problem) ? surfaceEntry(catalog, problem.id)?.lr : datasetEntry(catalog, problem.dataset.id)?.known_lr;
}
