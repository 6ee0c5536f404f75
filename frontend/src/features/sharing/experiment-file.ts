/** Experiments in files: JSON documents, the same that `steepest run` reads. */
import { isExperiment, compact } from '../../core/experiment/compact';
import { shortName } from '../../core/experiment/problem';
import type { Experiment } from '../../core/protocol/wire';

/** The version of the document that this page writes and reads. */
const VERSION = 1;
/** Bytes. An experiment must fit into a message, so a far larger file holds something else. */
const MAX_BYTES = 1024 * 1024;

/** A file cannot be opened. key, values: of the page's message. */
export class NotOpened extends Error {
  override readonly name = 'NotOpened';

  constructor(
    readonly key: 'file.large' | 'file.json' | 'file.other' | 'file.newer' | 'file.unreadable',
    readonly values: Readonly<Record<string, string | number>>,
  ) {
    super(key);
  }
}

/** The experiment in a file; the server checks whether it can be run. Throws `NotOpened`. */
export async function readExperiment(file: File): Promise<Experiment> {
  const { name } = file;
  if (file.size > MAX_BYTES) throw new NotOpened('file.large', { name, size: Math.round(file.size / 1024) });
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new NotOpened('file.unreadable', { name }); // moved away, or a folder
  }
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new NotOpened('file.json', { name });
  }
  return checked(found, name);
}

function checked(found: unknown, name: string): Experiment {
  if (typeof found !== 'object' || found === null || !('version' in found)) throw new NotOpened('file.other', { name });
  const { version } = found;
  if (typeof version === 'number' && version > VERSION) throw new NotOpened('file.newer', { name, version, known: VERSION });
  if (!isExperiment(found)) throw new NotOpened('file.other', { name });
  return found;
}

/** The document to save, and its file name. */
export function fileOf(experiment: Experiment): { file: Blob; name: string } {
  const text = `${JSON.stringify(compact(experiment), null, 2)}\n`;
  const optimizers = [...new Set(experiment.runs.map((run) => run.optimizer.id))].slice(0, 3);
  const name = [shortName(experiment.problem), ...optimizers].join('-').replace(/[^\w-]/g, '');
  return { file: new Blob([text], { type: 'application/json' }), name: `${name}.steepest.json` };
}
