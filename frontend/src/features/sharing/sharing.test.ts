// @vitest-environment jsdom
import { File as NodeFile } from 'node:buffer';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromHash } from '../../core/experiment/url-hash';
import type { Experiment } from '../../core/protocol/wire';
import { experimentOf } from '../../core/session/fake-server.testing';
import type { Session } from '../../core/session/types';
import { fileOf, NotOpened, readExperiment } from './experiment-file';
import { copyFrom, linkTo } from '../../core/session/link';
import { FileOpening } from './opening.svelte';

function file(content: unknown, name = 'my.json'): File {
  return fileHolding(typeof content === 'string' ? content : JSON.stringify(content), name);
}

/** Node's, since jsdom's cannot be read. */
function fileHolding(content: string | Uint8Array, name: string): File {
  return new NodeFile([content], name) as unknown as File;
}

function textOf(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
}

async function refusal(content: unknown): Promise<unknown> {
  const error: unknown = await readExperiment(file(content)).catch((thrown: unknown) => thrown);
  return error instanceof NotOpened ? error.key : error;
}

describe('a file', () => {
  it('holds the experiment, and what is saved is opened again', async () => {
    const experiment = { ...experimentOf(0.3, 2), edits: [{ step: 3, run: 0, set: { lr: 0.1 } }] };
    const { file: saved, name } = fileOf(experiment);
    expect(name).toBe('ravine-sgd.steepest.json');
    expect(await readExperiment(file(await textOf(saved), name))).toEqual(experiment);
  });

  it('of a learning experiment has the name of its data and model, and is opened again', async () => {
    const problem = {
      kind: 'learning', dataset: { id: 'points', params: { points: [[1, 2, 0]] } }, model: { id: 'mlp', params: { hidden: [8, 4] } },
      loss: { id: 'bce_logits', params: {} }, batch: { size: 1, sampling: 'replacement' },
    } as const;
    const experiment = { ...experimentOf(), problem, runs: [{ optimizer: { id: 'adam', lr: 0.1 }, start: { init: 'xavier' } }] } as unknown as Experiment;
    const { file: saved, name } = fileOf(experiment);
    expect(name).toBe('points-mlp-adam.steepest.json');
    expect(await readExperiment(file(await textOf(saved), name))).toEqual(experiment);
  });

  it('that is something else is refused, by what it is', async () => {
    expect(await refusal('')).toBe('file.json');
    expect(await refusal('{"version": 1,')).toBe('file.json');
    expect(await refusal('PK\u0003\u0004')).toBe('file.json');
    expect(await readExperiment(fileHolding(new Uint8Array([0x80, 0x02, 0xff]), 'a.pt')).catch((e: NotOpened) => e.key)).toBe('file.json');
    for (const other of [null, 7, [], {}, { version: 1 }, { ...experimentOf(), edits: 7 }, { ...experimentOf(), edits: [null] }]) {
      expect(await refusal(other)).toBe('file.other');
    }
    expect(await refusal(`{"version": 1, "runs": [], "problem": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toMatch(/file\.(other|json)/);
    expect(await refusal('x'.repeat(1024 * 1024 + 1))).toBe('file.large');
  });

  it('that cannot be read is said to be so', async () => {
    const gone = { name: 'gone.json', size: 7, arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) };
    expect(await readExperiment(gone as unknown as File).catch((e: NotOpened) => e.key)).toBe('file.unreadable');
  });

  it('of a newer version is refused by its version', async () => {
    expect(await refusal({ version: 2, worlds: [] })).toBe('file.newer');
    expect(await refusal({ ...experimentOf(), version: 99 })).toBe('file.newer');
  });
});

describe('opening a file', () => {
  const opening = new FileOpening();

  function session(fault: Session['fault']): Session & { opened: unknown[] } {
    const opened: unknown[] = [];
    const given = { opened, fault, clearFault: vi.fn(), open: (one: unknown) => Promise.resolve(opened.push(one) > 0 && !fault) };
    return given as unknown as Session & { opened: unknown[] };
  }

  it('opens it, and says nothing', async () => {
    const target = session(null);
    expect(await opening.open(target, [file(experimentOf(0.7))])).toBe(true);
    expect(target.opened).toEqual([experimentOf(0.7)]);
    expect(opening.fault).toBe('');
  });

  it('says what is wrong, and with which file', async () => {
    const target = session({ code: 'invalid', field: 'runs[0].optimizer.lr', message: 'must be in [0, 10]', column: null });
    expect(await opening.open(target, [file({ version: 3 }, 'new.json')])).toBe(false);
    expect(opening.fault).toContain('new.json was made by a newer Steepest: it has version 3');
    expect(await opening.open(target, [file('no', 'a.txt')])).toBe(false);
    expect(opening.fault).toBe('a.txt is not a JSON document.');
    expect(await opening.open(target, [file('1'), file('2')])).toBe(false);
    expect(opening.fault).toBe('Open one file at a time.');
    expect(target.opened).toEqual([]);
    expect(await opening.open(target, [file(experimentOf(-1))])).toBe(false);
    expect(opening.fault).toBe('my.json: runs[0].optimizer.lr: must be in [0, 10]');
    expect(target.clearFault).toHaveBeenCalled();
    opening.close();
    expect(opening.fault).toBe('');
  });
});

describe('the link', () => {
  const session = { experiment: experimentOf(0.3), marks: [3], fingerprint: () => ({ step: 12, hash: '0123456789' }) } as unknown as Session;

  it('holds the experiment, the step, the fingerprint and the marks, and nothing of how this page was opened', async () => {
    const link = await linkTo(session, 'http://10.0.0.5:8000/deep/?token=secret&embed=1#x=old');
    expect(link?.href).toMatch(/^http:\/\/10\.0\.0\.5:8000\/deep\/#x=/);
    expect(link).toMatchObject({ step: 12, hash: '0123456789' });
    expect(await fromHash(new URL(link?.href ?? '').hash)).toEqual({ experiment: experimentOf(0.3), step: 12, hash: '0123456789', marks: [3] });
  });

  it('is nothing where nothing is open', async () => {
    expect(await linkTo({ experiment: null, fingerprint: () => null } as unknown as Session)).toBeNull();
  });

  it('takes no hash that is none', async () => {
    const link = await linkTo(session, 'http://h/');
    for (const broken of ['', '123', 'xyz0000000', '0'.repeat(65), '<script>00']) {
      const address = (link?.href ?? '').replace('hash=0123456789', `hash=${broken}`).split('#')[1] ?? '';
      expect((await fromHash(address))?.hash).toBeNull();
    }
  });
});

describe('copying', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    document.body.innerHTML = '';
  });

  function field(): HTMLInputElement {
    const made = document.createElement('input');
    made.value = 'the link';
    return document.body.appendChild(made);
  }

  it('writes to the clipboard', async () => {
    const writeText = vi.fn(() => Promise.resolve());
    vi.stubGlobal('navigator', { clipboard: { writeText } });
    expect(await copyFrom(field())).toBe(true);
    expect(writeText).toHaveBeenCalledWith('the link');
  });

  it('selects the link where there is no clipboard, as on plain http, and tries the old command', async () => {
    vi.stubGlobal('navigator', {});
    const done = vi.fn(() => false);
    Object.defineProperty(document, 'execCommand', { value: done, configurable: true });
    const one = field();
    expect(await copyFrom(one)).toBe(false);
    expect(done).toHaveBeenCalledWith('copy');
    expect([document.activeElement, one.selectionStart, one.selectionEnd]).toEqual([one, 0, 8]);
  });
});
