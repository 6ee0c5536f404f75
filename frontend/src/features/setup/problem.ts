/** The current runs on another surface, or with other params. */
import type { SurfaceEntry } from '../../core/experiment/catalog';
import { withParams, withProblem } from '../../core/experiment/changes';
import { newOptimizer } from '../../core/experiment/defaults';
import { isSurface, startPoint, surfaceParams, type SurfaceProblem } from '../../core/experiment/problem';
import type { Catalog, Experiment, Run, Value } from '../../core/protocol/wire';

/** The same runs on another surface, at the rates known to work there: with the old ones most would diverge at once. */
export function onSurface(
  catalog: Catalog,
  experiment: Experiment,
  surface: SurfaceEntry,
  params: Record<string, Value>,
): Experiment {
  const moved = withProblem(catalog, experiment, surface.id, params);
  const runs = moved.runs.map((run) => {
    const known = newOptimizer(catalog, run.optimizer.id, surface.lr);
    return { ...run, optimizer: { ...run.optimizer, ...known } };
  });
  return fitStarts({ ...moved, runs }, surface);
}

/** Other params of the same surface. A typed function may change its number of variables; the starts follow. */
export function withParam(experiment: Experiment, surface: SurfaceEntry, id: string, value: Value): Experiment {
  return fitStarts(withParams(experiment, { [id]: value }), surface);
}

/** The parameters of a typed function, by their letters, in order: what its problem has beside the declared params. */
export function lettersOf(problem: SurfaceProblem, surface: SurfaceEntry): [string, number][] {
  return Object.entries(problem.params ?? {})
    .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && !surface.params.some(({ id }) => id === entry[0]))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** With another typed function. Of its parameters, those keep their values that the text may use, as far as one can see here. */
export function withFunction(experiment: Experiment, surface: SurfaceEntry, id: string, text: string): Experiment {
  const { problem } = experiment;
  if (!isSurface(problem)) return experiment;
  const gone = lettersOf(problem, surface).filter(([letter]) => !text.includes(letter));
  return withParam(without(experiment, gone.map(([letter]) => letter)), surface, id, text);
}

/** Without params of the surface. */
export function without(experiment: Experiment, ids: readonly string[]): Experiment {
  const { problem } = experiment;
  if (!isSurface(problem)) return experiment;
  const params = Object.fromEntries(Object.entries(problem.params ?? {}).filter(([id]) => !ids.includes(id)));
  return { ...experiment, problem: { ...problem, params } };
}

/** Makes the starts as long as a typed function has variables. Other surfaces keep theirs. */
function fitStarts(experiment: Experiment, surface: SurfaceEntry): Experiment {
  const text = surfaceParams(experiment.problem)['expression'];
  if (typeof text !== 'string') return experiment;
  // Two variables if its right side contains y, of the functions only hypot does; the server checks the rest.
  const dim = text.replace(/^[^=]*=/, '').replaceAll('hypot', '').includes('y') ? 2 : 1;
  const defaults = surface.starts[0]?.at ?? [];
  const runs = experiment.runs.map((run) => {
    const start = startPoint(run) ?? [];
    if (start.length === dim) return run;
    return { ...run, start: Array.from({ length: dim }, (_, i) => start[i] ?? defaults[i] ?? 1) };
  });
  return { ...experiment, runs };
}

/** The surface's starts for the menu, cut to the number of variables. */
export function startsOf(surface: SurfaceEntry, dim: number): SurfaceEntry['starts'] {
  if (surface.bounds.length === dim) return surface.starts;
  return surface.starts.map((start) => ({ ...start, at: start.at.slice(0, dim) }));
}

/** Whether two starts are equal. */
export function sameStart(a: Run['start'], b: Run['start']): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b);
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
