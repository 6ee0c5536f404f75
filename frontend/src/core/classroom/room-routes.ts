/** The HTTP routes of rooms. All reject with `RequestRefused`, which has the server's reason, or `NoAnswer`. */
import { get, post } from '../protocol/http';
import type { Schemas } from '../protocol/wire';

/** Lets this browser use the server, for the code of a room that is there. To be called before a room is joined. */
export function enterRoom(code: string): Promise<Schemas['RoomFound']> {
  return postJson('api/rooms/enter', { code } satisfies Schemas['EnterRoom']);
}

/** What this server and this browser can do with rooms. */
export function fetchClassroom(): Promise<Schemas['Classroom']> {
  return getJson('api/classroom');
}

/** Makes a room, with the secrets of its teacher and its projector. */
export function makeRoom(lesson: Schemas['Lesson'] | null, names: boolean): Promise<Schemas['RoomMade']> {
  return postJson('api/rooms', { lesson, names } satisfies Schemas['MakeRoom']);
}

/** The lessons that the server has, in short. */
export async function fetchLessons(): Promise<readonly Schemas['LessonCard'][]> {
  return (await getJson<Schemas['Lessons']>('api/lessons')).lessons;
}

/** One of them, whole. */
export function fetchLesson(id: string): Promise<Schemas['Lesson']> {
  return getJson(`api/lessons?id=${encodeURIComponent(id)}`);
}

/** The report of a room so far. secret: the teacher's. names: of the seats are in it. */
export function fetchReport(code: string, secret: string, format: 'html' | 'csv', language: 'en' | 'zh', names: boolean): Promise<Blob> {
  const query = new URLSearchParams({ code, format, language, names: names ? '1' : '0' });
  return get(`api/rooms/report?${query.toString()}`, (answer) => answer.blob(), { authorization: `Room ${secret}` });
}

function getJson<T>(path: string): Promise<T> {
  return get(path, async (answer) => (await answer.json()) as T);
}

function postJson<T>(path: string, body: unknown): Promise<T> {
  return post(path, JSON.stringify(body), 'application/json', async (answer) => (await answer.json()) as T);
}
