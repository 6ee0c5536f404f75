// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../../core/protocol/wire';
import { NoAnswer, RequestRefused } from '../../core/protocol/http';
import { exportFile, readWeights } from './download';

const EXPERIMENT = {
  version: 1,
  problem: { kind: 'surface', id: 'square' },
  runs: [{ optimizer: { id: 'sgd', lr: 0.25 }, start: [5] }],
  edits: [{ step: 3, run: 0, set: { lr: 0.5 }, optimizer: null, params: null }],
} as unknown as Experiment;

function answered(answer: Response | Error) {
  const asked = vi.fn<typeof fetch>(() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  vi.stubGlobal('fetch', asked);
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

describe('making a file', () => {
  it('asks for the experiment up to a step, without what its edits do not say', async () => {
    const headers = { 'content-disposition': 'attachment; filename="steepest-square.py"' };
    const asked = answered(new Response('print()', { headers }));
    const { name, file } = await exportFile(EXPERIMENT, 'python', 12, 'zh');
    expect(name).toBe('steepest-square.py');
    expect(file.size).toBe(7);
    const [url, { method, body } = {}] = asked.mock.calls[0] ?? [];
    expect([String(url), method]).toEqual([new URL('api/export', document.baseURI).href, 'POST']);
    const sent = JSON.parse(String(body)) as Record<string, unknown>;
    expect(sent).toMatchObject({ to: 'python', steps: 12, language: 'zh', run: 0 });
    expect((sent['experiment'] as Experiment).edits).toEqual([{ step: 3, run: 0, set: { lr: 0.5 } }]);
  });

  it('takes no name that could lead elsewhere', async () => {
    const headers = { 'content-disposition': 'attachment; filename="../../evil.sh"' };
    answered(new Response('', { headers }));
    expect((await exportFile(EXPERIMENT, 'csv', 1, 'en')).name).toBe('steepest');
  });

  it('tells what the server says against it', async () => {
    answered(Response.json({ op: 'error', code: 'limit', message: 'an export has at most 10 steps' }, { status: 400 }));
    const error: unknown = await exportFile(EXPERIMENT, 'html', 11, 'en').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RequestRefused);
    expect((error as Error).message).toBe('an export has at most 10 steps');
  });

  it.each([
    ['no network', new TypeError('Failed to fetch')],
    ['a proxy’s own page', new Response('<h1>502</h1>', { status: 502 })],
    ['an answer without words', Response.json({ detail: [] }, { status: 500 })],
  ])('says that nobody answered: %s', async (_, answer) => {
    answered(answer);
    await expect(exportFile(EXPERIMENT, 'csv', 1, 'en')).rejects.toBeInstanceOf(NoAnswer);
  });
});

/** A file; jsdom's own cannot be read. */
const holding = (bytes: Uint8Array<ArrayBuffer>) => ({ arrayBuffer: () => Promise.resolve(bytes.buffer) });

describe('reading weights', () => {
  it('sends the file in base64, whatever its bytes, and gives back the numbers', async () => {
    const asked = answered(Response.json({ params: [0.5, -1e-7] }));
    const bytes = Uint8Array.from({ length: 20_000 }, (_, n) => n % 256);
    expect(await readWeights(holding(bytes), EXPERIMENT, 'en')).toEqual([0.5, -1e-7]);
    const sent = JSON.parse(String(asked.mock.calls[0]?.[1]?.body)) as { file: string; experiment: Experiment };
    expect(Uint8Array.from(atob(sent.file), (letter) => letter.charCodeAt(0))).toEqual(bytes);
    expect(sent.experiment.edits).toEqual([{ step: 3, run: 0, set: { lr: 0.5 } }]);
  });

  it('tells what the server says against it', async () => {
    answered(Response.json({ op: 'error', code: 'invalid', message: 'this is a pickle' }, { status: 400 }));
    await expect(readWeights(holding(new Uint8Array(3)), EXPERIMENT, 'en')).rejects.toThrow('this is a pickle');
  });
});
