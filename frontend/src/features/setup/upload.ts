/** Sends a CSV file to the server, which parses it. */
import { post } from '../../core/protocol/http';
import type { Schemas } from '../../core/protocol/wire';

/** Bytes; the server accepts no more, so a larger file is not sent. */
export const MAX_BYTES = 5 * 1000 * 1000;

/** The parsed table. file: the server's name for it. repairs: what the server corrected, in words. */
export type Uploaded = Schemas['Uploaded'];

/** Sends the bytes without the file's name. Rejects with `RequestRefused` or `NoAnswer`. */
export function upload(file: Blob, language: 'en' | 'zh'): Promise<Uploaded> {
  return post(`api/data?language=${language}`, file, 'text/csv', async (answer) => (await answer.json()) as Uploaded);
}
