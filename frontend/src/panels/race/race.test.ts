import { describe, expect, it } from 'vitest';
import { experimentOf, SCENE } from '../../core/session/fake-server.testing';
import { trackOf } from '../../core/player/track.testing';
import type { Track } from '../../core/player/track';
import type { Experiment } from '../../core/protocol/wire';
import { proposedLoss, race } from './race';

const of = (...losses: number[]): Track => trackOf(losses.map((loss) => ({ loss, params: [0] })), 1);
const state = (tracks: Track[], head: number, experiment: Experiment = experimentOf(0.1, tracks.length)) => ({
  experiment, recording: { tracks, last: 9, epoch: 0 }, head, visible: tracks.map(() => true), scene: SCENE,
});

describe('a race', () => {
  it('is won by the fewest steps, and by the fewest evaluations, which may be another run', () => {
    const search: Track = { ...of(9, 0.5, 0), evaluationsUpTo: (step) => 7 * step };
    expect(race(state([of(9, 5, 2, 1, 0.5), search, of(9, 8, 7, 6, 5)], 4), 1)).toEqual([
      { run: 0, steps: 3, evaluations: 3, divergedAt: null, fewestSteps: false, fewestEvaluations: true },
      { run: 1, steps: 1, evaluations: 7, divergedAt: null, fewestSteps: true, fewestEvaluations: false },
      { run: 2, steps: null, evaluations: null, divergedAt: null, fewestSteps: false, fewestEvaluations: false },
    ]);
  });

  it('is about what was on screen: not yet, or never', () => {
    const tracks = [of(9, 5, 2, 1), trackOf([{ loss: 9, params: [0] }, { loss: Infinity, params: [0], status: 'diverged' }], 1)];
    expect(race(state(tracks, 2), 1).map(({ steps, divergedAt, fewestSteps }) => [steps, divergedAt, fewestSteps])).toEqual([
      [null, null, false], [null, 1, false],
    ]);
    expect(race(state(tracks, 3), 1)[0]?.steps).toBe(3);
  });

  it('has as many winners as need the fewest, of the runs that are shown', () => {
    const shown = { ...state([of(9, 0), of(9, 0), of(0)], 1), visible: [true, true, false] };
    expect(race(shown, 1).map(({ run, fewestSteps }) => [run, fewestSteps])).toEqual([[0, true], [1, true]]);
  });

  it('of runs in batches counts the loss on all training data', () => {
    const measured = [{ step: 0, losses: [9, 0, 0] }, { step: 10, losses: [3, 0, 0] }, { step: 20, losses: [0.5, 0, 0] }];
    const track = { ...of(...Array.from({ length: 30 }, (_, k) => (k === 4 ? 0 : 5))), metricsUpTo: (to: number) => measured.filter(({ step }) => step <= to) } as unknown as Track;
    const problem = {
      kind: 'learning', dataset: { id: 'a' }, model: { id: 'b' }, loss: { id: 'c' }, batch: { size: 4, sampling: 'epoch' },
    } as Experiment['problem'];
    expect(race(state([track], 29, { ...experimentOf(), problem }), 1)[0]?.steps).toBe(20);
    expect(race(state([track], 29, { ...experimentOf(), problem: { ...problem, batch: { size: null, sampling: 'epoch' } } as Experiment['problem'] }), 1)[0]?.steps).toBe(4);
  });

  it('goes to a loss near the lowest one, which does not move while it runs', () => {
    const tracks = [of(800, 40, 3), of(800, 700, 600)];
    const scene = { ...SCENE, points: [{ kind: 'minimum', at: [0], value: 100 }] } as typeof SCENE;
    expect([0, 1, 2].map((head) => proposedLoss({ ...state(tracks, head), scene }))).toEqual([107, 107, 107]);
    expect(proposedLoss(state([], 0))).toBeNaN();
  });
});
