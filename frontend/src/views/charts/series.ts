/** The charts: which numbers of a track each draws. */
import { isLearning } from '../../core/experiment/problem';
import { moveAt, type Move } from '../../core/player/move';
import type { ModelMetrics, Track } from '../../core/player/track';
import type { Catalog, Experiment, Scene } from '../../core/protocol/wire';
import type { DrawState, Ghost } from '../../core/session/types';
import type { PlainKey } from '../../ui/i18n/i18n.svelte';

export type ChartId = 'loss' | 'gradNorm' | 'params' | 'grads' | 'curvature' | 'lr' | 'accuracy';

export interface Series {
  readonly id: ChartId;
  readonly title: PlainKey;
  /** Number of lines a run: 1, or one a parameter, or one a part of the data; constant while a run goes on. */
  lines(track: Track): number;
  value(track: Track, k: number, line: number): number;
  /** Whether values of both signs are expected. */
  readonly signed: boolean;
  /** The largest value that there can be, where the axis ends; absent: there is none. */
  readonly most?: number;
  /** Whether the chart has anything to show; always when absent. */
  available?(open: Open): boolean;
  /** Line 0 on of what would come at a dragged value, each over its records; absent: the chart shows none of it. */
  ghost?(ghost: Ghost): readonly ArrayLike<number>[];
  /** The value of a line where an edit has put a run; absent: the chart shows no such place. */
  moved?(move: Move, line: number): number;
  /** The part of the data that a line is of; null, or absent, for none. */
  part?(track: Track, line: number): Part | null;
}

/** The open experiment. */
export interface Open {
  readonly experiment: Experiment;
  readonly catalog: Catalog | null;
  readonly scene: Scene | null;
}

/** Training, development, test. */
export type Part = 0 | 1 | 2;

const one = (): number => 1;
const perParameter = ({ dim }: Track): number => Math.min(dim, 4); // more lines cannot be distinguished

export const SERIES: readonly Series[] = [
  {
    id: 'loss', title: 'chart.loss', signed: true,
    lines: (track) => 1 + partsOf(track).drawn.length,
    value: (track, k, line) => (line === 0 ? (track.loss[k] as number) : measuredAt(track, k, 'losses', partsOf(track).drawn[line - 1])),
    part: (track, line) => (line === 0 ? null : (partsOf(track).drawn[line - 1] ?? null)),
    ghost: ({ loss }) => [loss],
    moved: ({ loss }, line) => (line === 0 ? loss[0] : Number.NaN),
  },
  {
    id: 'gradNorm', title: 'chart.gradNorm', lines: one, value: (track, k) => track.gradNorm[k] as number, signed: false,
    ghost: ({ gradNorm }) => [gradNorm],
    moved: ({ gradNorm }) => gradNorm,
  },
  {
    id: 'params', title: 'chart.params', lines: perParameter, signed: true, available: ({ scene }) => scene !== null,
    value: (track, k, line) => track.params[k * track.dim + line] as number,
    ghost: ({ dim, params, steps }) => Array.from({ length: dim }, (_, i) => Array.from(steps, (_, k) => params[k * dim + i] as number)),
    moved: ({ params }, line) => params[line] ?? Number.NaN,
  },
  {
    id: 'grads', title: 'chart.grads', lines: perParameter, signed: true, available: ({ scene }) => scene !== null,
    value: (track, k, line) => track.grad[k * track.dim + line] as number,
    moved: ({ grad }, line) => grad[line] ?? Number.NaN,
  },
  {
    id: 'curvature', title: 'chart.curvature', signed: false,
    lines: (track) => (track.eigen > 0 || !Number.isNaN(sharpnessAt(track, 0)) ? 1 : 0),
    value: (track, k) => largestEigenvalue(track, k),
    // The curvature of a batch's loss differs from step to step; it is not measured.
    available: ({ experiment: { problem }, scene }) => scene !== null || (isLearning(problem) && (problem.batch?.size ?? null) === null),
  },
  {
    id: 'lr', title: 'chart.lr', lines: one, signed: false,
    value: (track, k) => track.lr[k] as number,
    available: ({ experiment: { runs } }) => runs.some((run) => run.schedule),
  },
  {
    id: 'accuracy', title: 'chart.accuracy', signed: false, most: 1,
    lines: (track) => partsOf(track).accuracy.length,
    value: (track, k, line) => measuredAt(track, k, 'accuracy', partsOf(track).accuracy[line]),
    part: (track, line) => partsOf(track).accuracy[line] ?? null,
    available: ({ experiment: { problem }, catalog }) => isLearning(problem) && ofClasses(problem.loss.id, catalog),
  },
];

/** The value at record k, or where an edit there has put the run. */
export function valueNow({ recording, moves }: Pick<DrawState, 'recording' | 'moves'>, series: Series, run: number, k: number, line: number): number {
  const move = series.moved && moveAt(moves, run, k);
  const there = move ? (series.moved?.(move, line) ?? Number.NaN) : Number.NaN;
  return Number.isNaN(there) ? series.value(recording.tracks[run] as Track, k, line) : there;
}

/** The charts that have something to show. */
export function availableCharts(open: Open | null): ReadonlySet<ChartId> {
  return new Set(SERIES.filter(({ available }) => !available || (open && available(open))).map(({ id }) => id));
}

function ofClasses(loss: string, catalog: Catalog | null): boolean {
  return catalog?.losses.find(({ id }) => id === loss)?.tasks.includes('classification') ?? false;
}

/** Of the Hessian at record k; a step can overshoot along its direction. */
function largestEigenvalue(track: Track, k: number): number {
  return track.eigen > 0 ? (track.eigenvalues[(k + 1) * track.eigen - 1] as number) : sharpnessAt(track, k);
}

type Measured = 'losses' | 'accuracy';

/** By a run's first metrics, so that they are computed once and stay the same arrays. */
const knownParts = new WeakMap<ModelMetrics, { readonly losses: readonly Part[]; readonly accuracy: readonly Part[]; readonly drawn: readonly Part[] }>();
const NO_PARTS = { losses: [], accuracy: [], drawn: [] } as const;

/** The parts of the data that a run was measured on. drawn: the losses that have a line of their own. */
function partsOf(track: Track): NonNullable<ReturnType<typeof knownParts.get>> {
  const first = metricsOf(track)[0];
  if (!first) return NO_PARTS;
  const known = knownParts.get(first);
  if (known) return known;
  const measured = (what: Measured) => ([0, 1, 2] as const).filter((part) => !Number.isNaN(first[what][part]));
  const losses = measured('losses');
  // A training loss alone can equal the recorded loss: on all samples, without a penalty.
  const same = Math.abs(first.losses[0] - (track.loss[0] as number)) <= 1e-5 * Math.abs(first.losses[0]);
  const made = { losses, accuracy: measured('accuracy'), drawn: losses.length > 1 || !same ? losses : [] };
  knownParts.set(first, made);
  return made;
}

function metricsOf(track: Track): ReturnType<Track['metricsUpTo']> {
  return track.metricsUpTo(track.length - 1);
}

/** The last measurement at or before record k; NaN where there is none. */
function measuredAt(track: Track, k: number, what: Measured, part: Part | undefined): number {
  const all = metricsOf(track);
  return part === undefined ? Number.NaN : (all[indexAt(all, k)]?.[what][part] ?? Number.NaN);
}

/** The last sharpness measured at or before record k; NaN where there is none. */
function sharpnessAt(track: Track, k: number): number {
  const all = metricsOf(track);
  for (let n = indexAt(all, k); n >= 0; n--) {
    const { sharpness } = all[n] as (typeof all)[number];
    if (!Number.isNaN(sharpness)) return sharpness;
  }
  return Number.NaN;
}

/** Index of the last one with a step up to k; -1: none. */
function indexAt(all: readonly { readonly step: number }[], k: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as { step: number }).step <= k) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
