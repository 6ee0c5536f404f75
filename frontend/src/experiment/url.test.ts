import { describe, expect, it } from 'vitest';
import type { Experiment } from '../session/types';
import { fromHash, toHash } from './url';

const EXPERIMENT: Experiment = {
  version: 1,
  problem: { kind: 'surface', id: 'expression', params: { expression: 'x**2 + sin(3*x) # 峡谷' } },
  seed: 7,
  dtype: 'float64',
  runs: [{ optimizer: { id: 'adam', lr: 0.1, betas: [0.9, 0.999] }, start: [1.5] }],
  edits: [{ step: 3, run: 0, set: { lr: 1e-7 } }],
};

describe('the address', () => {
  it('gives back the same experiment and step', async () => {
    const hash = await toHash({ experiment: EXPERIMENT, step: 137 });
    expect(await fromHash(hash)).toEqual({ experiment: EXPERIMENT, step: 137, hash: null });
    expect(await fromHash(`#${hash}`)).toEqual({ experiment: EXPERIMENT, step: 137, hash: null });
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
