/** Experiments as compact JSON. */
import type { Edit, Experiment } from '../protocol/wire';
import { isSurface, type LearningProblem, type Problem } from './problem';

/** The server's defaults, as in the backend's `spec/problem.py`. */
const DEFAULTS = {
  batch: { size: null, sampling: 'epoch' },
  split: { dev: 0, test: 0 },
  penalty: { l1: 0, l2: 0 },
} as const satisfies Pick<LearningProblem, 'batch' | 'split' | 'penalty'>;

/**
 * The same experiment in fewer bytes, for the wire and the address: without the null fields of edits and the default
 * engine, batch, split and penalty. A thousand edits then fit in one message.
 */
export function compact(experiment: Experiment): Experiment {
  const { engine, ...rest } = experiment;
  const problem = compactProblem(experiment.problem);
  return { ...rest, ...(engine !== undefined && engine !== 'eager' && { engine }), problem, ...(experiment.edits && { edits: experiment.edits.map(compactEdit) }) };
}

/** Whether a JSON value has the shape of an experiment, as far as needed to send it; the server validates every field. */
export function isExperiment(value: unknown): value is Experiment {
  if (typeof value !== 'object' || value === null || !('version' in value && 'problem' in value && 'runs' in value)) return false;
  if ('edits' in value && !(Array.isArray(value.edits) && value.edits.every((edit) => typeof edit === 'object' && edit !== null))) return false;
  try {
    return JSON.stringify(value).length > 0;
  } catch {
    return false; // nested too deeply to serialise
  }
}

function compactEdit({ step, run, set, optimizer, params }: Edit): Edit {
  return { step, run, ...(set && { set }), ...(optimizer && { optimizer }), ...(params && { params }) };
}

function compactProblem(problem: Problem): Problem {
  // The problem of a file or link may be anything: the server reports what is wrong with it.
  if (!problem || typeof problem !== 'object' || isSurface(problem)) return problem;
  const { batch, split, penalty, ...rest } = problem;
  return { ...rest, ...nonDefault('batch', batch), ...nonDefault('split', split), ...nonDefault('penalty', penalty) } as Problem;
}

/** The fields of a part that differ from the defaults; empty where none does. */
function nonDefault(name: keyof typeof DEFAULTS, part: unknown): object {
  if (typeof part !== 'object' || part === null) return part === undefined ? {} : { [name]: part };
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS[name];
  const kept = Object.entries(part).filter(([key, value]) => !(key in defaults) || value !== defaults[key]);
  return kept.length > 0 ? { [name]: Object.fromEntries(kept) } : {};
}
