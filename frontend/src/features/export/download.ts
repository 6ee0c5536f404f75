/** Exports an experiment to a file, and reads weights from one; the server does both. */
import { compact } from '../../core/experiment/compact';
import { toBase64 } from '../../core/protocol/base64';
import { post } from '../../core/protocol/http';
import type { Experiment } from '../../core/protocol/wire';

export const FORMATS = ['python', 'notebook', 'csv', 'html', 'weights'] as const;
export type Format = (typeof FORMATS)[number];

export interface ExportedFile {
  readonly name: string;
  readonly file: Blob;
}

/** Records 0..steps as a file. run: the one whose weights are saved. Rejects with `RequestRefused` or `NoAnswer`. */
export function exportFile(experiment: Experiment, to: Format, steps: number, language: 'en' | 'zh', run = 0): Promise<ExportedFile> {
  const body = JSON.stringify({ experiment: compact(experiment), to, steps, language, run });
  return post('api/export', body, 'application/json', async (answer) => ({ name: nameOf(answer), file: await answer.blob() }));
}

/** The parameters in a safetensors file, in the order of the experiment's model. Rejects with `RequestRefused` or `NoAnswer`. */
export async function readWeights(file: Pick<Blob, 'arrayBuffer'>, experiment: Experiment, language: 'en' | 'zh'): Promise<number[]> {
  const encoded = toBase64(new Uint8Array(await file.arrayBuffer()));
  const body = JSON.stringify({ experiment: compact(experiment), file: encoded, language });
  return post('api/weights', body, 'application/json', async (answer) => ((await answer.json()) as { params: number[] }).params);
}

function nameOf(answer: Response): string {
  const [, name] = /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '') ?? [];
  return name ?? 'steepest';
}
