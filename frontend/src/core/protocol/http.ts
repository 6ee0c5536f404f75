/** POST requests to the page's server. */

/** The server's refusal; its message is in the language of the request. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';

  /** code: of the protocol's errors; '' for none. */
  constructor(message: string, readonly code = '') {
    super(message);
  }
}

/** The server did not answer, or something between did. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** path: relative to the page. read: takes what is needed from the answer. Rejects with `RequestRefused` or `NoAnswer`. */
export async function post<T>(path: string, body: BodyInit, type: string, read: (answer: Response) => Promise<T>): Promise<T> {
  let answer: Response;
  try {
    const url = new URL(path, document.baseURI);
    answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body, cache: 'no-store' });
    if (answer.ok) return await read(answer);
  } catch {
    throw new NoAnswer();
  }
  throw await refusal(answer);
}

/** The server's errors are JSON with a message; a proxy's are not. */
async function refusal(answer: Response): Promise<Error> {
  try {
    const { message, code } = (await answer.json()) as { message?: unknown; code?: unknown };
    return typeof message === 'string' ? new RequestRefused(message, typeof code === 'string' ? code : '') : new NoAnswer();
  } catch {
    return new NoAnswer();
  }
}
