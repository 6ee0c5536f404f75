import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CATALOG } from '../../core/experiment/catalog.testing';
import type { Experiment, RatesAnswer } from '../../core/protocol/wire';
import { fakeSession } from '../../core/session/made-up-session.testing';
import type { Session } from '../../core/session/types';
import { LearningRatePreview } from './learning-rate-preview';

const session = fakeSession('ravine', 10);
const ratesOf = (run: number): RatesAnswer => [{
  run, steps: { dtype: '<i4', shape: [1], values: Int32Array.of(1) }, lr: { dtype: '<f8', shape: [1], values: Float64Array.of(0.5) },
}];

function scheduled(id: string | null): Experiment {
  return { ...session.experiment, runs: [{ ...session.experiment?.runs[0], ...(id && { schedule: { id } }) }] } as Experiment;
}

describe('LearningRatePreview', () => {
  const asked: number[] = [];
  let arrived = 0;
  let preview: LearningRatePreview;

  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = arrived = 0;
    const rates = (until: number | null): Promise<RatesAnswer> => Promise.resolve(ratesOf(asked.push(until ?? -1)));
    preview = new LearningRatePreview({ ...session, catalog: CATALOG, rates } as Session, () => arrived++);
  });
  afterEach(() => void vi.useRealTimers());

  it('asks once where the experiment and the axis stay, and again when one changes', async () => {
    const experiment = scheduled('cosine');
    for (let n = 0; n < 3; n++) preview.update(experiment, 100);
    await vi.runAllTimersAsync();
    expect([asked, arrived, preview.rates]).toEqual([[100], 1, ratesOf(1)]);
    preview.update(experiment, 200);
    preview.update(scheduled('cosine'), 200);
    expect(preview.rates).toEqual(ratesOf(1)); // until the new ones arrive
    await vi.runAllTimersAsync();
    expect(asked).toEqual([100, 200]);
  });

  it('asks for nothing where no run has a schedule, and forgets what it knew', async () => {
    preview.update(scheduled('cosine'), 100);
    await vi.runAllTimersAsync();
    preview.update(scheduled(null), 100);
    await vi.runAllTimersAsync();
    expect([asked, preview.rates]).toEqual([[100], []]);
  });

  it('knows which schedules are not known ahead', () => {
    expect(['plateau', 'cosine', null].map((id) => preview.isUnknown(scheduled(id), 0))).toEqual([true, false, false]);
  });
});
