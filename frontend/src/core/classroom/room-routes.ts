/** The HTTP routes of rooms. All reject with `RequestRefused`, which has the server's reason, or `NoAnswer`. */
import { post } from '../protocol/http';
import type { Schemas } from '../protocol/wire';

/** Lets this browser use the server, for the code of a room that is there. To be called before a room is joined. */
export function enterRoom(code: string): Promise<Schemas['RoomFound']> {
  return postJson('api/rooms/enter', { code } satisfies Schemas['EnterRoom']);
}

function postJson<T>(path: string, body: unknown): Promise<T> {
  return post(path, JSON.stringify(body), 'application/json', async (answer) => (await answer.json()) as T);
}
