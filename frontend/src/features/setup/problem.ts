/** Experiments on another problem, from the one that is on the page. */
import type { SurfaceEntry } from '../../core/experiment/catalog';
import { withParams, withProblem } from '../../core/experiment/changes';
import { newOptimizer } from '../../core/experiment/defaults';
import { startPoint, surfaceParams } from '../../core/experiment/problem';
import type { Catalog, Experiment, Run, Value } from '../../core/protocol/wire';

/**
 * The same runs on another surface, each at the rate known to work there: a rate that suits one surface says nothing
 * of the next, and most would only diverge at the first step.
 */
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
  return fitted({ ...moved, runs }, surface);
}

/** Other params of the same surface. A typed function may have one variable more or less; starts follow. */
export function withParam(experiment: Experiment, surface: SurfaceEntry, id: string, value: Value): Experiment {
  return fitted(withParams(experiment, { [id]: value }), surface);
}

/** Starts as long as a typed function has variables. Anything else keeps its own. */
function fitted(experiment: Experiment, surface: SurfaceEntry): Experiment {
  const text = surfaceParams(experiment.problem)['expression'];
  if (typeof text !== 'string') return experiment;
  // What has a y has two variables; whether it is a function at all is the server's to say.
  const dim = /(?<![a-z0-9_])y(?![a-z0-9_])/.test(text) ? 2 : 1;
  const spare = surface.starts[0]?.at ?? [];
  const runs = experiment.runs.map((run) => {
    const start = startPoint(run) ?? [];
    if (start.length === dim) return run;
    return { ...run, start: Array.from({ length: dim }, (_, i) => start[i] ?? spare[i] ?? 1) };
  });
  return { ...experiment, runs };
}

/** The surface's starts that fit the number of variables, for the menu. */
export function startsOf(surface: SurfaceEntry, dim: number): SurfaceEntry['starts'] {
  if (surface.bounds.length === dim) return surface.starts;
  return surface.starts.map((start) => ({ ...start, at: start.at.slice(0, dim) }));
}

/** Written out alike, or drawn alike. */
export function sameStart(a: Run['start'], b: Run['start']): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b);
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
