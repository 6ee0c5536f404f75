/** The user's own table on its way to the server, which reads it and says what is in it. */
import type { Schemas } from '../../core/protocol/wire';

/** The server takes no more; a larger file is not sent at all. */
export const LARGEST = 5 * 1000 * 1000;

/** What the server has read. file: the name under which it keeps it. repairs: what it put right, in words. */
export type Uploaded = Schemas['Uploaded'];

/** What the server says against the file, in the page's language. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
}

/** Nobody answered. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Sends the bytes alone: what the file is called is of no concern to the server. Rejects with `NotTaken` or `NoAnswer`. */
export async function upload(file: Blob, language: 'en' | 'zh'): Promise<Uploaded> {
  const url = new URL('api/data', document.baseURI);
  url.searchParams.set('language', language);
  let answer: Response;
  try {
    answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: file, cache: 'no-store' });
    if (answer.ok) return (await answer.json()) as Uploaded;
  } catch {
    throw new NoAnswer();
  }
  throw await refusal(answer);
}

/** The words of the one error shape; a proxy in between has none. */
async function refusal(answer: Response): Promise<Error> {
  try {
    const { message } = (await answer.json()) as { message?: unknown };
    return typeof message === 'string' ? new NotTaken(message) : new NoAnswer();
  } catch {
    return new NoAnswer();
  }
}
