/** From what is on the stage to a sweep, and from one of its pixels back to an experiment. */
import { optimizerEntry } from '../../core/experiment/catalog';
import { newOptimizer, PLAIN_SGD } from '../../core/experiment/defaults';
import { withValidForks } from '../../core/experiment/fork';
import { knownRateOf, startPoint } from '../../core/experiment/problem';
import type { Catalog, Engine, Experiment, Run, Sweep } from '../../core/protocol/wire';
import type { MapAxes, MapAxis } from './axes';

/** rates: the learning rate, and momentum or what comes nearest to it. starts: where the run begins. */
export type Preset = 'rates' | 'starts';

/** Pixels a side, and steps of each run: of kernels, of runs that are made one by one, and by PyTorch. */
const KERNELS = { count: 160, steps: 200 };
const SINGLE = { count: 40, steps: 200 };
const EAGER = { count: 24, steps: 60 };
/** Of an optimizer each of whose steps evaluates the loss many times. */
const MANY_EVALUATIONS = { count: 16, steps: 30 };

/** Factors from the rate known to work to the ends of the map. */
const BELOW = 100;
const ABOVE = 30;
const RATES = { least: 1e-12, most: 1e6 };
/** Momentum is below 1. */
const MOST_MOMENTUM = 0.99;
/** In widths of the problem's view. */
const FARTHEST_START = 100;

/** The presets that a run has. bounds: of the problem's view. */
export function presetsOf(run: Run, bounds: readonly unknown[]): Preset[] {
  const fixed = startPoint(run) !== null;
  return [...(run.optimizer['lr'] !== undefined && fixed ? ['rates' as const] : []), ...(fixed && bounds.length === 2 ? ['starts' as const] : [])];
}

/** The axes of a preset at first. */
export function firstAxes(catalog: Catalog, experiment: Experiment, run: Run, preset: Preset, bounds: readonly (readonly [number, number])[]): MapAxes {
  const start = (place: number): MapAxis => {
    const [low, high] = bounds[place] ?? [0, 1];
    const far = FARTHEST_START * (high - low);
    return { set: `runs[0].start[${place}]`, scale: 'linear', low, high, least: low - far, most: high + far };
  };
  if (preset === 'starts') return [start(0), start(1)];
  const { id } = run.optimizer;
  const known = newOptimizer(catalog, id, knownRateOf(catalog, experiment.problem) ?? 0.1)['lr'];
  const rate = typeof known === 'number' && known > 0 ? known : 0.1;
  const lr: MapAxis = { set: 'runs[0].optimizer.lr', scale: 'log', low: rate / BELOW, high: rate * ABOVE, ...RATES };
  return [lr, momentumAxis(catalog, run) ?? start(bounds.length - 1)];
}

/** Of momentum, or of the first beta; null for an optimizer that has neither. */
function momentumAxis(catalog: Catalog, { optimizer }: Run): MapAxis | null {
  const params = optimizerEntry(catalog, optimizer.id)?.params ?? [];
  const least = optimizer['nesterov'] === true ? 0.01 : 0; // Nesterov's needs some
  const limits = { scale: 'linear', low: least, high: MOST_MOMENTUM, least, most: MOST_MOMENTUM } as const;
  if (params.some(({ id }) => id === 'momentum')) return { set: 'runs[0].optimizer.momentum', ...limits };
  if (params.some(({ id, kind }) => id === 'betas' && kind === 'pair')) return { set: 'runs[0].optimizer.betas[0]', ...limits };
  return null;
}

/** The sweep of one run over two axes. Its changes on the way are left out: each pixel is a run that nobody touches. */
export function sweepOf(experiment: Experiment, run: number, axes: MapAxes, engine: Engine | undefined): Sweep {
  const { fork: _, ...alone } = experiment.runs[run] as Run;
  const { count, steps } = sizeOf(experiment, run, engine);
  // The axes' own numbers are the same whichever pixel is on the stage, so that the sweep is the same one.
  const one = axes.reduce((changed, { set, low }) => withNumber(changed, set, low), { ...experiment, runs: [alone], edits: [] } as Experiment);
  return {
    version: 1,
    experiment: one,
    axes: axes.map(({ set, scale, low, high }) => ({ set, scale, low, high, count })),
    steps,
    measure: 'outcome',
  };
}

/** engine: of the run as its last edit leaves it. */
function sizeOf(experiment: Experiment, run: number, engine: Engine | undefined): { readonly count: number; readonly steps: number } {
  const { optimizer, schedule, zero_grad } = experiment.runs[run] as Run;
  if (optimizer.id === 'lbfgs') return MANY_EVALUATIONS;
  const other = (experiment.edits ?? []).some((edit) => edit.run === run && edit.optimizer);
  if (engine !== 'compiled' || other) return EAGER;
  return schedule || zero_grad === false ? SINGLE : KERNELS;
}

/** What a sweep's runs have in common, as text: the same for every part of one map. */
export function subjectOf({ experiment, axes, steps }: Sweep): string {
  return JSON.stringify([axes.reduce((changed, { set }) => withNumber(changed, set, 0), experiment), axes.map(({ set }) => set), steps]);
}

/** The experiment on the stage with the run of a pixel in place of one of its runs. */
export function experimentAt(experiment: Experiment, run: number, { experiment: { runs }, axes }: Sweep, values: readonly number[]): Experiment {
  const one = axes.reduce((changed, { set }, n) => withNumber(changed, set, values[n] as number), { ...experiment, runs } as Experiment);
  return withValidForks({
    ...experiment,
    runs: experiment.runs.map((other, n) => (n === run ? (one.runs[0] as Run) : other)),
    edits: (experiment.edits ?? []).filter((edit) => edit.run !== run),
  });
}

/** The number of a run, as it is at its start, that an axis sets; null where it has none. */
export function numberOf(experiment: Experiment, run: number, { set }: Pick<MapAxis, 'set'>): number | null {
  let found: unknown = { runs: [experiment.runs[run]] };
  for (const part of partsOf(set)) found = (found as Record<string, unknown> | undefined)?.[part];
  return typeof found === 'number' ? found : null;
}

/** The largest rate that does not diverge at a momentum, by theory: plain momentum on a quadratic. Null where there is none. */
export function edgeRate(run: Run, curvature: number | null): ((momentum: number) => number) | null {
  const { id, dampening, nesterov, maximize, weight_decay: decay } = run.optimizer;
  if (curvature === null || id !== PLAIN_SGD || dampening || nesterov || maximize || run.schedule || run.zero_grad === false) return null;
  return (momentum) => (2 * (1 + momentum)) / (curvature + (typeof decay === 'number' ? decay : 0));
}

/** `runs[0].optimizer.betas[0]`: runs, 0, optimizer, betas, 0. */
const partsOf = (path: string): string[] => path.split(/[.[\]]+/).filter((part) => part !== '');

function withNumber<T>(document: T, path: string, value: number): T {
  const put = (whole: unknown, [first, ...rest]: readonly string[]): unknown => {
    if (first === undefined) return value;
    if (Array.isArray(whole)) return whole.map((item, n) => (n === Number(first) ? put(item, rest) : (item as unknown)));
    const map = whole as Record<string, unknown>;
    return { ...map, [first]: put(map[first], rest) };
  };
  return put(document, partsOf(path)) as T;
}
