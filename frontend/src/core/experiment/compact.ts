import type { Edit, Experiment } from '../protocol/wire';
import { isSurface, type LearningProblem, type Problem } from './problem';

/** What the server fills in where nothing is said; the same as `spec/problem.py` has. */
const UNSAID = {
  batch: { size: null, sampling: 'epoch' },
  split: { dev: 0, test: 0 },
  penalty: { l1: 0, l2: 0 },
} as const satisfies Pick<LearningProblem, 'batch' | 'split' | 'penalty'>;

/**
 * The same experiment in fewer bytes, for the wire and the address: edits without the two changes they do not make, a
 * learning problem without batch, split and penalty where it has none. A thousand edits then fit in one message.
 */
export function compact(experiment: Experiment): Experiment {
  const problem = compactProblem(experiment.problem);
  return { ...experiment, problem, ...(experiment.edits && { edits: experiment.edits.map(compactEdit) }) };
}

/**
 * Whether a JSON value is one of our documents, as far as needed to send it: every field of it is checked by the server
 * when it is opened.
 */
export function isExperiment(value: unknown): value is Experiment {
  if (typeof value !== 'object' || value === null || !('version' in value && 'problem' in value && 'runs' in value)) return false;
  if ('edits' in value && !(Array.isArray(value.edits) && value.edits.every((edit) => typeof edit === 'object' && edit !== null))) return false;
  try {
    return JSON.stringify(value).length > 0;
  } catch {
    return false; // nested too deeply to be written again
  }
}

function compactEdit({ step, run, set, optimizer, params }: Edit): Edit {
  return { step, run, ...(set && { set }), ...(optimizer && { optimizer }), ...(params && { params }) };
}

function compactProblem(problem: Problem): Problem {
  // A document of someone else's may have anything for a problem: it is the server that says what is wrong with it.
  if (!problem || typeof problem !== 'object' || isSurface(problem)) return problem;
  const { batch, split, penalty, ...rest } = problem;
  return { ...rest, ...said({ batch }), ...said({ split }), ...said({ penalty }) } as Problem;
}

/** The part with what differs from what goes without saying; nothing where nothing does. */
function said(part: { readonly [name: string]: unknown }): object {
  const [[name, given] = ['', undefined]] = Object.entries(part);
  if (typeof given !== 'object' || given === null) return given === undefined ? {} : part;
  const unsaid: Readonly<Record<string, unknown>> = UNSAID[name as keyof typeof UNSAID];
  const kept = Object.entries(given).filter(([key, value]) => !(key in unsaid) || value !== unsaid[key]);
  return kept.length > 0 ? { [name]: Object.fromEntries(kept) } : {};
}
