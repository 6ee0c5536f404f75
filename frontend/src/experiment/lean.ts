import type { Edit, Experiment } from '../session/types';

/**
 * The same experiment in fewer bytes, for the wire and the address: edits without the two changes they do not make.
 * A thousand edits then fit in one message.
 */
export function lean(experiment: Experiment): Experiment {
  if (!experiment.edits) return experiment;
  return { ...experiment, edits: experiment.edits.map(leanEdit) };
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

function leanEdit({ step, run, set, optimizer, params }: Edit): Edit {
  return { step, run, ...(set && { set }), ...(optimizer && { optimizer }), ...(params && { params }) };
}
