import { describe, expect, it } from 'vitest';
import type { Experiment } from '../protocol/wire';
import { fromHash, toHash } from './url-hash';

const EXPERIMENT: Experiment = {
  version: 1,
  problem: { kind: 'surface', id: 'expression', params: { expression: 'x**2 + sin(3*x) # 峡谷' } },
  seed: 7,
  dtype: 'float64',
  runs: [{ optimizer: { id: 'adam', lr: 0.1, betas: [0.9, 0.999] }, start: [1.5] }],
  edits: [{ step: 3, run: 0, set: { lr: 1e-7 } }],
};

const LEARNING: Experiment = {
  version: 1,
  problem: {
    kind: 'learning',
    dataset: { id: 'points', params: { points: [[1, 2, 0], [-1.5, 0.25, 1]] } },
    model: { id: 'mlp', params: { hidden: [8, 4], activation: 'tanh', output: 'raw', bias: true, dropout: 0 } },
    loss: { id: 'bce_logits', params: { reduction: 'mean' } },
    batch: { size: 10, sampling: 'replacement' },
    split: { dev: 0.2, test: 0.1 },
    penalty: { l1: 0, l2: 0.001 },
  },
  seed: 3,
  dtype: 'float32',
  runs: [
    { optimizer: { id: 'sgd', lr: 0.1 }, start: { init: 'normal', std: 0.1, draw: 2 }, zero_grad: false, schedule: { id: 'step', gamma: 0.5 } },
    { optimizer: { id: 'adam', lr: 0.1 }, start: { init: 'default' } },
  ],
  edits: [],
};

describe('the address', () => {
  it('gives back a learning experiment, down to the last point', async () => {
    const found = await fromHash(await toHash({ experiment: LEARNING, step: 40 }));
    // A penalty of 0 goes without saying.
    expect(found?.experiment).toEqual({ ...LEARNING, problem: { ...LEARNING.problem, penalty: { l2: 0.001 } } });
    expect(found?.step).toBe(40);
  });

  it('leaves out what the server fills in', async () => {
    const plain = { batch: { size: null, sampling: 'epoch' }, split: { dev: 0, test: 0 }, penalty: { l1: 0, l2: 0 } } as const;
    const full = { ...LEARNING, problem: { ...LEARNING.problem, ...plain } };
    const { kind, dataset, model, loss } = LEARNING.problem as Extract<Experiment['problem'], { kind: 'learning' }>;
    expect((await fromHash(await toHash({ experiment: full, step: 0 })))?.experiment.problem).toEqual({ kind, dataset, model, loss });
    expect((await toHash({ experiment: full, step: 0 })).length).toBeLessThan(500);
  });

  it('gives back the same experiment and step', async () => {
    const hash = await toHash({ experiment: EXPERIMENT, step: 137 });
    expect(await fromHash(hash)).toEqual({ experiment: EXPERIMENT, step: 137, hash: null });
    expect(await fromHash(`#${hash}`)).toEqual({ experiment: EXPERIMENT, step: 137, hash: null });
  });

  it('has the marks where they are not the numbers of the runs, and takes none that are none', async () => {
    const plain = await toHash({ experiment: EXPERIMENT, step: 1 });
    expect(await toHash({ experiment: EXPERIMENT, step: 1, marks: [0, 1] })).toBe(plain);
    expect((await fromHash(plain))?.marks).toBeUndefined();
    expect((await fromHash(await toHash({ experiment: EXPERIMENT, step: 1, marks: [2, 0] })))?.marks).toEqual([2, 0]);
    for (const broken of ['', '.', '1.', '1.x', '-1', '10', '1,0']) {
      expect((await fromHash(`${plain}&marks=${broken}`))?.marks, broken).toBeUndefined();
    }
  });

  it('keeps the compiled engine, and leaves the eager one out', async () => {
    const engineOf = async (engine: Experiment['engine']) =>
      (await fromHash(await toHash({ experiment: { ...EXPERIMENT, ...(engine && { engine }) }, step: 1 })))?.experiment;
    expect(await engineOf('compiled')).toEqual({ ...EXPERIMENT, engine: 'compiled' });
    expect(await engineOf('eager')).toEqual(EXPERIMENT);
    expect(await engineOf(undefined)).toEqual(EXPERIMENT);
  });

  it('needs no escaping and stays short', async () => {
    const hash = await toHash({ experiment: EXPERIMENT, step: 0 });
    expect(hash).toMatch(/^x=[A-Za-z0-9_-]+&step=0$/);
    const edits = Array.from({ length: 500 }, (_, n) => ({ step: n, run: 0, set: { lr: 0.1 + n / 1000 }, params: null }));
    const long = await toHash({ experiment: { ...EXPERIMENT, edits }, step: 500 });
    expect(long.length).toBeLessThan(8000);
    expect((await fromHash(long))?.experiment.edits?.length).toBe(500);
  });

  it('holds no experiment when it is empty or of another kind', async () => {
    expect(await fromHash('')).toBeNull();
    expect(await fromHash('#')).toBeNull();
    expect(await fromHash('#section-2')).toBeNull();
  });

  it('is broken when it is cut off, mistyped, or holds something else', async () => {
    const hash = await toHash({ experiment: EXPERIMENT, step: 1 });
    const packed = hash.slice(2, hash.indexOf('&'));
    for (const broken of ['', packed.slice(0, 40), `${packed.slice(0, 20)}!${packed.slice(21)}`, 'AAAA', `_${packed}`]) {
      await expect(fromHash(`x=${broken}&step=1`), broken).rejects.toThrow();
    }
    for (const other of [[], 'text', 7, { version: 1 }]) {
      const wrong = await toHash({ experiment: other as unknown as Experiment, step: 1 });
      await expect(fromHash(wrong)).rejects.toThrow(/not an experiment/);
    }
  });

  it('is not read when it would unpack to more than an experiment may be', async () => {
    const huge = { ...EXPERIMENT, problem: { ...EXPERIMENT.problem, params: { expression: 'x'.repeat(10_000_000) } } };
    const hash = await toHash({ experiment: huge, step: 0 });
    expect(hash.length).toBeLessThan(20_000);
    await expect(fromHash(hash)).rejects.toThrow(/too large/);
  });

  it('takes a step that makes no sense as the beginning', async () => {
    const hash = await toHash({ experiment: EXPERIMENT, step: 5 });
    for (const step of ['-1', '1.5', 'x', '', '1e99']) {
      expect((await fromHash(hash.replace('step=5', `step=${step}`)))?.step, step).toBe(0);
    }
  });
});
