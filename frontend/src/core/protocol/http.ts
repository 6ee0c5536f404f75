/** Requests to the page's server. */

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
export function post<T>(path: string, body: BodyInit, type: string, read: (answer: Response) => Promise<T>): Promise<T> {
  return request(path, { method: 'POST', headers: { 'content-type': type }, body }, read);
}

/** As `post`. headers: those of the request. */
export function get<T>(path: string, read: (answer: Response) => Promise<T>, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  return request(path, { headers }, read);
}

async function request<T>(path: string, how: RequestInit, read: (answer: Response) => Promise<T>): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(new URL(path, document.baseURI), { ...how, cache: 'no-store' });
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
