// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelMetrics, Track } from '../../core/player/track';
import { trackOf } from '../../core/player/track.testing';
import type { DrawState } from '../../core/session/types';
import { language } from '../../ui/i18n/i18n.svelte';
import { successOf, successWords } from './success';

const NAMES = ['SGD', 'Adam', 'NAG'];
const ALL = [true, true, true];

/** A run whose loss is multiplied by a factor at each of 100 steps. */
const falling = (factor: number, floor = 0): Track =>
  trackOf(Array.from({ length: 101 }, (_, k) => ({ params: [0, 0], loss: floor + 5 * factor ** k })), 2);

/** accuracy: of the training part, by step. */
function measured(loss: number, accuracy: readonly (readonly [number, number])[]): Track {
  const metrics = accuracy.map(([step, share]) => ({ step, losses: [loss / (1 + step), NaN, NaN], accuracy: [share, NaN, NaN] })) as unknown as ModelMetrics[];
  return { ...falling(1), metricsUpTo: (step) => metrics.filter((one) => one.step <= step) };
}

function frame(tracks: Track[], more: object = {}): DrawState {
  return {
    experiment: { version: 1, problem: { kind: 'surface', id: 'ravine', params: {} }, runs: [] },
    scene: { bounded: true, points: [{ kind: 'minimum', at: [0, 0], value: 0 }] },
    recording: { tracks, last: 100, epoch: 1 }, head: 100, selected: 0, visible: ALL, ghosts: [], ...more,
  } as unknown as DrawState;
}

const words = (state: DrawState, verdict = 'descending'): string => {
  const found = successOf(state, verdict);
  return found ? successWords(found, NAMES, ALL) : '';
};

afterEach(() => language.choose('en'));

describe('what was reached', () => {
  it('is a power of ten, with the step, beside the other runs', () => {
    // 5 × 0.9^k is below 0.001 from k = 81 on, 5 × 0.8^k from 39 on.
    expect(words(frame([falling(0.9), falling(0.8), falling(0.99)]))).toBe(
      'Reached: a loss below 0.001, at step 81. The others: Adam at step 39, NAG not yet.',
    );
    language.choose('zh');
    expect(words(frame([falling(0.9), falling(0.8)]))).toBe('已达到：第 81 步损失低于 0.001。其他运行：Adam 在第 39 步，NAG 尚未达到。');
  });

  it('is measured from the lowest loss where that is not 0, and not at all where none is known', () => {
    const scene = { bounded: true, points: [{ kind: 'minimum', at: [0, 0], value: -3 }] };
    expect(words(frame([falling(0.9, -3)], { scene }))).toContain('Reached: less than 0.001 above the lowest loss, at step 81.');
    expect(words(frame([falling(0.9)], { scene: { bounded: true, points: [] } }))).toBe('');
  });

  it('needs a tenth of the way, and no failure', () => {
    expect(words(frame([falling(0.99)]))).toBe(''); // 1.8 from 5
    expect(words(frame([falling(0.9)]), 'unstable')).toBe('');
    expect(words(frame([falling(0.9)], { head: 5 }))).toBe('');
    const huge = trackOf([1e11, 1e10, 1e9, 1e8].map((loss) => ({ params: [0, 0], loss })), 2); // of prices, squared
    expect(words(frame([huge], { head: 3 }))).toBe('');
  });

  const problem = { kind: 'learning', batch: null };
  const experiment = { version: 1, problem, runs: [] };

  it('is every training sample, as long as that holds', () => {
    const state = frame([measured(1, [[0, 0.5], [10, 0.9], [20, 1], [30, 1]]), measured(1, [[0, 0.5], [10, 1], [20, 0.9]])], { experiment, scene: null });
    expect(words(state)).toBe('Reached: every training sample right, at step 20. The others: Adam at step 10, NAG not yet.');
    expect(words({ ...state, selected: 1 })).toBe('');
  });

  it('is the loss on the whole training part where a step sees a batch', () => {
    const state = frame([measured(2, [[0, NaN], [50, NaN], [100, NaN]])], {
      experiment: { ...experiment, problem: { ...problem, batch: { size: 5 } } }, scene: null,
    });
    expect(words(state)).toContain('Reached: a loss below 0.1, at step 50.');
  });
});
