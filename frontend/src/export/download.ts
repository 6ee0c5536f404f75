/** A file of the whole experiment, made by the server and saved by the browser. */
import { lean } from '../experiment/lean';
import type { Experiment } from '../session/types';

export const FORMATS = ['python', 'csv', 'html'] as const;
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

/** Records 0..steps as a file. Rejects with `NotMade` or `NoAnswer`. */
export async function make(experiment: Experiment, to: Format, steps: number, language: 'en' | 'zh'): Promise<Made> {
  let answer: Response;
  try {
    answer = await fetch(new URL('api/export', document.baseURI), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ experiment: lean(experiment), to, steps, language }),
      cache: 'no-store',
    });
    if (answer.ok) return { name: nameOf(answer), file: await answer.blob() };
  } catch {
    throw new NoAnswer();
  }
  throw await refusal(answer);
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
