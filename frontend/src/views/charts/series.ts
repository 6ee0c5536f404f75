/** What each chart draws: which numbers of a track, and how. */
import { isLearning } from '../../core/experiment/problem';
import type { ModelMetrics, Track } from '../../core/player/track';
import type { Catalog, Experiment, Scene } from '../../core/protocol/wire';
import type { Key as MessageKey } from '../../ui/i18n/translate';

export type ChartId = 'loss' | 'gradNorm' | 'params' | 'grads' | 'curvature' | 'lr' | 'accuracy';

export interface Series {
  readonly id: ChartId;
  readonly title: MessageKey;
  /** Lines a run: 1, or one a parameter, or a part of the data; it stays the same while a run goes on. */
  lines(track: Track): number;
  value(track: Track, k: number, line: number): number;
  /** Values of both signs are normal. */
  readonly signed: boolean;
  /** Whether there is anything to be seen on it; always without it. */
  shown?(open: Open): boolean;
  /** Of parts of the data: which part a line is of, null where it is of none; always null without it. */
  part?(track: Track, line: number): Part | null;
}

/** What is open. */
export interface Open {
  readonly experiment: Experiment;
  readonly catalog: Catalog | null;
  readonly scene: Scene | null;
}

/** Training, development, test. */
export type Part = 0 | 1 | 2;

const one = (): number => 1;
const each = ({ dim }: Track): number => Math.min(dim, 4); // more lines than that cannot be told apart

export const SERIES: readonly Series[] = [
  {
    id: 'loss', title: 'chart.loss', signed: true,
    lines: (track) => 1 + partsOf(track).drawn.length,
    value: (track, k, line) => (line === 0 ? (track.loss[k] as number) : measuredAt(track, k, 'losses', partsOf(track).drawn[line - 1])),
    part: (track, line) => (line === 0 ? null : (partsOf(track).drawn[line - 1] ?? null)),
  },
  { id: 'gradNorm', title: 'chart.gradNorm', lines: one, value: (track, k) => track.gradNorm[k] as number, signed: false },
  {
    id: 'params', title: 'chart.params', lines: each, signed: true, shown: few,
    value: (track, k, line) => track.params[k * track.dim + line] as number,
  },
  {
    id: 'grads', title: 'chart.grads', lines: each, signed: true, shown: few,
    value: (track, k, line) => track.grad[k * track.dim + line] as number,
  },
  {
    id: 'curvature', title: 'chart.curvature', signed: false,
    lines: (track) => (track.eigen > 0 || sharpnessAt(track, 0) === sharpnessAt(track, 0) ? 1 : 0),
    value: (track, k) => steepest(track, k),
    // Of batches it is another at each step, and is not measured.
    shown: ({ experiment: { problem }, scene }) => scene !== null || (isLearning(problem) && (problem.batch?.size ?? null) === null),
  },
  {
    id: 'lr', title: 'chart.lr', lines: one, signed: false,
    value: (track, k) => track.lr[k] as number,
    shown: ({ experiment: { runs } }) => runs.some((run) => run.schedule),
  },
  {
    id: 'accuracy', title: 'chart.accuracy', signed: false,
    lines: (track) => partsOf(track).accuracy.length,
    value: (track, k, line) => measuredAt(track, k, 'accuracy', partsOf(track).accuracy[line]),
    part: (track, line) => partsOf(track).accuracy[line] ?? null,
    shown: ({ experiment: { problem }, catalog }) => isLearning(problem) && ofClasses(problem.loss.id, catalog),
  },
];

/** The charts that say something of what is open. */
export function seriesOf(open: Open | null): ReadonlySet<ChartId> {
  return new Set(SERIES.filter(({ shown }) => !shown || (open && shown(open))).map(({ id }) => id));
}

/** More parameters than a picture has are no lines that one could tell apart: the panel of layers has them. */
function few({ scene }: Open): boolean {
  return scene !== null;
}

function ofClasses(loss: string, catalog: Catalog | null): boolean {
  return catalog?.losses.find(({ id }) => id === loss)?.tasks.includes('classification') ?? false;
}

/** The largest eigenvalue of the Hessian at record k: the one that a step can overshoot along. */
function steepest(track: Track, k: number): number {
  return track.eigen > 0 ? (track.eigenvalues[(k + 1) * track.eigen - 1] as number) : sharpnessAt(track, k);
}

type Measured = 'losses' | 'accuracy';

/** By a run's first measure, so that they stay the same, and are looked for once. */
const found = new WeakMap<ModelMetrics, { readonly losses: readonly Part[]; readonly accuracy: readonly Part[]; readonly drawn: readonly Part[] }>();
const NO_PARTS = { losses: [], accuracy: [], drawn: [] } as const;

/** The parts of the data that a run was measured on. drawn: of the losses, those that are lines of their own. */
function partsOf(track: Track): NonNullable<ReturnType<typeof found.get>> {
  const first = measures(track)[0];
  if (!first) return NO_PARTS;
  const known = found.get(first);
  if (known) return known;
  const there = (what: Measured) => ([0, 1, 2] as const).filter((part) => !Number.isNaN(first[what][part]));
  const losses = there('losses');
  // The training loss alone may be the line that is there already: that of all samples, without a penalty.
  const same = Math.abs(first.losses[0] - (track.loss[0] as number)) <= 1e-5 * Math.abs(first.losses[0]);
  const made = { losses, accuracy: there('accuracy'), drawn: losses.length > 1 || !same ? losses : [] };
  found.set(first, made);
  return made;
}

function measures(track: Track): ReturnType<Track['metricsUpTo']> {
  return track.metricsUpTo(track.length - 1);
}

/** What was measured at or last before record k. */
function measuredAt(track: Track, k: number, what: Measured, part: Part | undefined): number {
  const all = measures(track);
  return part === undefined ? Number.NaN : (all[placeAt(all, k)]?.[what][part] ?? Number.NaN);
}

/** The sharpness that was measured at or last before record k; NaN where it never was. */
function sharpnessAt(track: Track, k: number): number {
  const all = measures(track);
  for (let n = placeAt(all, k); n >= 0; n--) {
    const { sharpness } = all[n] as (typeof all)[number];
    if (!Number.isNaN(sharpness)) return sharpness;
  }
  return Number.NaN;
}

/** Place of the last one with a step up to k; -1: there is none. */
function placeAt(all: readonly { readonly step: number }[], k: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as { step: number }).step <= k) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
