/** A file of the whole experiment, made by the server and saved by the browser. */
import { compact } from '../../core/experiment/compact';
import type { Experiment } from '../../core/protocol/wire';

export const FORMATS = ['python', 'notebook', 'csv', 'html', 'weights'] as const;
export type Format = (typeof FORMATS)[number];

export interface Made {
  readonly name: string;
  readonly file: Blob;
}

/** What the server says against it, in the page's language. */
export class NotMade extends Error {
  override readonly name = 'NotMade';
}

/** Nobody answered. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Records 0..steps as a file. run: whose weights. Rejects with `NotMade` or `NoAnswer`. */
export async function make(experiment: Experiment, to: Format, steps: number, language: 'en' | 'zh', run = 0): Promise<Made> {
  return posted('api/export', { experiment: compact(experiment), to, steps, language, run }, async (answer) => ({
    name: nameOf(answer),
    file: await answer.blob(),
  }));
}

/** The parameters in a safetensors file, as the experiment's model has them. Rejects with `NotMade` or `NoAnswer`. */
export async function weightsIn(file: Pick<Blob, 'arrayBuffer'>, experiment: Experiment, language: 'en' | 'zh'): Promise<number[]> {
  const asked = { experiment: compact(experiment), file: await base64(file), language };
  const { params } = await posted('api/weights', asked, async (answer) => (await answer.json()) as { params: number[] });
  return params;
}

async function posted<T>(path: string, asked: object, read: (answer: Response) => Promise<T>): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, document.baseURI), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(asked),
      cache: 'no-store',
    });
    if (answer.ok) return await read(answer);
  } catch {
    throw new NoAnswer();
  }
  throw await refusal(answer);
}

async function base64(file: Pick<Blob, 'arrayBuffer'>): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The words of the one error shape; a proxy in between has none. */
async function refusal(answer: Response): Promise<Error> {
  try {
    const { message } = (await answer.json()) as { message?: unknown };
    return typeof message === 'string' ? new NotMade(message) : new NoAnswer();
  } catch {
    return new NoAnswer();
  }
}

function nameOf(answer: Response): string {
  const [, name] = /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '') ?? [];
  return name ?? 'steepest';
}
