/** From what is on the stage to a sweep, and from one of its pixels back to an experiment. */
import { withValidForks } from '../../core/experiment/fork';
import { isSurface } from '../../core/experiment/problem';
import type { Engine, Experiment, Run, Scene, Sweep } from '../../core/protocol/wire';
import type { MapAxis } from './axes';
import { SCALE, type Field } from './fields';
import type { View } from './map-choice.svelte';

/** Both axes, of one map. */
export type FieldAxes = readonly [Field, Field];
export type Measure = NonNullable<Sweep['measure']>;

/** Pixels a side, and steps of each run: of kernels, of a model's, of runs that are made one by one, and by PyTorch. */
const KERNELS = { count: 160, steps: 200 };
const MODEL = { count: 48, steps: 200 };
const SINGLE = { count: 40, steps: 200 };
const EAGER = { count: 24, steps: 60 };
/** Of an optimizer each of whose steps evaluates the loss many times. */
const MANY_EVALUATIONS = { count: 16, steps: 30 };
/** Values of a number that changes the problem: each needs kernels of its own. */
const PROBLEMS = 24;

/** What can be kept of each run of this problem. */
export function measuresOf({ problem }: Experiment, scene: Scene | null): Measure[] {
  if (scene) return ['outcome', 'final_loss', 'steps_to_loss', 'distance'];
  const dev = !isSurface(problem) && (problem.split?.dev ?? 0) > 0;
  return ['final_loss', 'steps_to_loss', 'outcome', ...(dev ? (['dev_loss', 'dev_accuracy'] as const) : [])];
}

/** What is kept of each run. loss: for the steps to it. */
export interface Kept {
  readonly measure: Measure;
  readonly loss: number;
}

/** The sweep of one run over two axes. Its changes on the way are left out: each pixel is a run that nobody touches. */
export function sweepOf(experiment: Experiment, run: number, axes: FieldAxes, engine: Engine | undefined, { measure, loss }: Kept): Sweep {
  const { fork: _, ...alone } = experiment.runs[run] as Run;
  const { count, steps } = sizeOf(experiment, run, engine);
  // The axes' own numbers are the same whichever pixel is on the stage, so that the sweep is the same one.
  const one = axes.reduce((changed, axis) => withNumber(changed, axis.set, valueAtLow(axis)), { ...experiment, runs: [alone], edits: [] } as Experiment);
  return {
    version: 1,
    experiment: one,
    axes: axes.map((axis) => ({ set: axis.set, scale: axis.scale, low: axis.low, high: axis.high, count: countOf(axis, count) })),
    steps,
    measure,
    ...(measure === 'steps_to_loss' && { loss }),
  };
}

const valueAtLow = ({ whole, low }: Field): number => (whole ? Math.round(low) : low);

function countOf({ set, whole, low, high }: Field, count: number): number {
  const most = /^(problem|seed)\b/.test(set) ? Math.min(count, PROBLEMS) : count;
  return whole ? Math.max(2, Math.min(most, Math.round(high) - Math.round(low) + 1)) : most;
}

/** engine: of the run as its last edit leaves it. */
function sizeOf(experiment: Experiment, run: number, engine: Engine | undefined): { readonly count: number; readonly steps: number } {
  const { optimizer, schedule, zero_grad } = experiment.runs[run] as Run;
  if (optimizer.id === 'lbfgs') return MANY_EVALUATIONS;
  const other = (experiment.edits ?? []).some((edit) => edit.run === run && edit.optimizer);
  if (engine !== 'compiled' || other) return EAGER;
  if (schedule || zero_grad === false) return SINGLE;
  return isSurface(experiment.problem) ? KERNELS : MODEL;
}

/** The field of a fault as one of the sweep: its experiment begins at the low end of both axes. */
export function fieldOfFault(field: string, axes: FieldAxes): string {
  const place = axes.findIndex(({ set }) => field === `sweep.experiment.${set}`);
  return place < 0 ? field : `sweep.axes[${place}].low`;
}

/** What a sweep's runs have in common, as text: the same for every part of one map. */
export function subjectOf({ experiment, axes, steps, measure, loss }: Sweep): string {
  return JSON.stringify([axes.reduce((changed, { set }) => withNumber(changed, set, 0), experiment), axes.map(({ set }) => set), steps, measure, loss]);
}

/** The experiment on the stage with the run of a pixel in place of one of its runs; a number of the problem changes it for all. */
export function experimentAt(experiment: Experiment, run: number, { experiment: { runs }, axes }: Sweep, values: readonly number[]): Experiment {
  const one = axes.reduce((changed, { set }, n) => withNumber(changed, set, values[n] as number), { ...experiment, runs } as Experiment);
  const problem = axes.some(({ set }) => /^(problem|seed)\b/.test(set));
  return withValidForks({
    ...experiment,
    problem: one.problem,
    ...(one.seed !== undefined && { seed: one.seed }),
    runs: experiment.runs.map((other, n) => (n === run ? (one.runs[0] as Run) : other)),
    edits: (experiment.edits ?? []).filter((edit) => !problem && edit.run !== run),
  });
}

/** The number of a run, as it is at its start, that an axis sets; null where it has none. */
export function numberOf(experiment: Experiment, run: number, { set }: Pick<MapAxis, 'set'>): number | null {
  const one = experiment.runs[run];
  if (set === SCALE && (!one || Array.isArray(one.start) || one.start.init !== 'normal')) return null;
  let found: unknown = { ...experiment, runs: [one] };
  for (const part of partsOf(set)) found = (found as Record<string, unknown> | null | undefined)?.[part];
  return typeof found === 'number' ? found : null;
}

/** `runs[0].optimizer.betas[0]`: runs, 0, optimizer, betas, 0. */
const partsOf = (path: string): string[] => path.split(/[.[\]]+/).filter((part) => part !== '');

function withNumber<T>(document: T, path: string, value: number): T {
  const put = (whole: unknown, [first, ...rest]: readonly string[]): unknown => {
    if (first === undefined) return value;
    if (Array.isArray(whole)) return whole.map((item, n) => (n === Number(first) ? put(item, rest) : (item as unknown)));
    const map = (whole ?? {}) as Record<string, unknown>;
    return { ...map, ...(path === SCALE && first === 'std' && { init: 'normal' }), [first]: put(map[first], rest) };
  };
  return put(document, partsOf(path)) as T;
}

/** The same numbers in another part of them. */
export const withView = ([x, y]: FieldAxes, [across, up]: View): FieldAxes => [{ ...x, low: across[0], high: across[1] }, { ...y, low: up[0], high: up[1] }];
