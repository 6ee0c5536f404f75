/** The numbers of a run and its problem that a map can vary, each with the range that it shows at first. */
import { datasetEntry, lossEntry, modelEntry, optimizerEntry, scheduleEntry, surfaceEntry, type Param } from '../../core/experiment/catalog';
import { newOptimizer } from '../../core/experiment/defaults';
import { isSurface, knownRateOf, startPoint, type LearningProblem } from '../../core/experiment/problem';
import type { Catalog, Experiment, Run, Scene, Value } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import type { MapAxis } from './axes';

export interface Field extends MapAxis {
  /** In the page's language. */
  readonly title: string;
  /** It takes whole numbers alone. */
  readonly whole: boolean;
}

export const RATE = 'runs[0].optimizer.lr';
export const SCALE = 'runs[0].start.std';
export const BATCH = 'problem.batch.size';

/** Factors from the rate known to work to the ends of the map. */
const BELOW = 100;
const ABOVE = 30;
const RATES = { least: 1e-12, most: 1e6 };
/** Momentum is below 1. */
const MOST_MOMENTUM = 0.99;
/** In widths of the problem's view. */
const FARTHEST_START = 100;
const MOST_SEED = 1e6;

/** Of the experiment with that run alone. scene: of its problem. */
export function fieldsOf(catalog: Catalog, experiment: Experiment, run: Run, scene: Scene | null): Field[] {
  return [...ofOptimizer(catalog, experiment, run), ...ofSchedule(catalog, run), ...ofStart(catalog, experiment, run, scene), ...ofProblem(catalog, experiment)];
}

/** Where a map's momentum is, or what comes nearest to it; null for an optimizer without. */
export function momentumOf(fields: readonly Field[]): Field | undefined {
  return fields.find(({ set }) => set === 'runs[0].optimizer.momentum') ?? fields.find(({ set }) => set === 'runs[0].optimizer.betas[0]');
}

function ofOptimizer(catalog: Catalog, { problem }: Experiment, { optimizer }: Run): Field[] {
  const known = newOptimizer(catalog, optimizer.id, knownRateOf(catalog, problem) ?? 0.1)['lr'];
  const rate = typeof known === 'number' && known > 0 ? known : 0.1;
  const least = optimizer['nesterov'] === true ? 0.01 : 0; // Nesterov's needs some
  const momentum = { scale: 'linear', low: least, high: MOST_MOMENTUM, least, most: MOST_MOMENTUM } as const;
  return fieldsOfParams(optimizerEntry(catalog, optimizer.id)?.params ?? [], 'runs[0].optimizer').map((field) => {
    if (field.set === RATE) return { ...field, scale: 'log', low: rate / BELOW, high: rate * ABOVE, ...RATES };
    return /\.(momentum|betas\[0\])$/.test(field.set) ? { ...field, ...momentum } : field;
  });
}

function ofSchedule(catalog: Catalog, { schedule }: Run): Field[] {
  return schedule ? fieldsOfParams(scheduleEntry(catalog, schedule.id)?.params ?? [], 'runs[0].schedule') : [];
}

function ofStart(catalog: Catalog, { problem }: Experiment, run: Run, scene: Scene | null): Field[] {
  const point = startPoint(run);
  if (!point) {
    const [std] = fieldsOfParams(catalog.inits.find(({ id }) => id === 'normal')?.params ?? [], 'runs[0].start');
    return std && !isSurface(problem) ? [{ ...std, title: t('runmap.scale') }] : [];
  }
  return (scene?.bounds ?? []).map(([low, high], place) => {
    const far = FARTHEST_START * (high - low);
    const title = t('runmap.start', { name: scene?.names[place] ?? '' });
    return { set: `runs[0].start[${place}]`, title, whole: false, scale: 'linear', low, high, least: low - far, most: high + far };
  });
}

function ofProblem(catalog: Catalog, { problem }: Experiment): Field[] {
  if (isSurface(problem)) return fieldsOfParams(surfaceEntry(catalog, problem.id)?.params ?? [], 'problem.params');
  const { dataset, model, loss } = problem;
  const samples = samplesOf(catalog, problem);
  const penalty = (id: 'l1' | 'l2'): Field => ({
    set: `problem.penalty.${id}`, title: t(`penalty.${id}`), whole: false, scale: 'log', low: 1e-5, high: 1, least: 1e-12, most: 1e6,
  });
  return [
    ...(samples > 1 ? [{ set: BATCH, title: t('batch.size'), whole: true, scale: 'log', low: 1, high: samples, least: 1, most: samples } as const] : []),
    ...fieldsOfParams(modelEntry(catalog, model.id)?.params ?? [], 'problem.model.params'),
    ...fieldsOfParams(lossEntry(catalog, loss.id)?.params ?? [], 'problem.loss.params'),
    ...fieldsOfParams(datasetEntry(catalog, dataset.id)?.params ?? [], 'problem.dataset.params'),
    penalty('l1'),
    penalty('l2'),
    { set: 'seed', title: t('seed').toLowerCase(), whole: true, scale: 'linear', low: 0, high: 15, least: 0, most: MOST_SEED },
  ];
}

/** That are trained on, about; 0 where nobody knows. */
function samplesOf(catalog: Catalog, { dataset, split }: LearningProblem): number {
  const entry = datasetEntry(catalog, dataset.id);
  const { count, points }: Record<string, Value | undefined> = dataset.params ?? {};
  const all = typeof count === 'number' ? count : Array.isArray(points) ? points.length : (entry?.shape?.count ?? 0);
  return Math.floor(all * (1 - (split?.dev ?? 0) - (split?.test ?? 0)));
}

type NumberParam = Extract<Param, { kind: 'number' }>;

function fieldsOfParams(params: readonly Param[], path: string): Field[] {
  return params.flatMap((param): Field[] => {
    const set = `${path}.${param.id}`;
    switch (param.kind) {
      case 'number':
        return [ofNumber(param, set)];
      case 'integer':
        return [{ set, title: titleOf(param), whole: true, scale: 'linear', low: param.low, high: param.high, least: param.minimum, most: param.maximum }];
      case 'pair':
        return [param.first, param.second].map((part, place) => ofNumber(part, `${set}[${place}]`));
      case 'triple':
        return [param.first, param.second, param.third].map((part, place) => ofNumber(part, `${set}[${place}]`));
      default:
        return [];
    }
  });
}

function ofNumber(param: NumberParam, set: string): Field {
  const { scale, low, high, minimum, maximum, above, below } = param;
  const least = scale === 'log' && minimum <= 0 ? Math.min(low, 1e-12) : above ? Math.min(low, minimum + 1e-9) : minimum;
  return { set, title: titleOf(param), whole: false, scale, low: Math.max(low, least), high, least, most: below ? Math.max(high, maximum - 1e-9) : maximum };
}

const titleOf = ({ title }: Pick<Param, 'title'>): string => pick(title).toLowerCase();
