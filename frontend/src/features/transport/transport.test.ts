import { describe, expect, it } from 'vitest';
import type { Recording } from '../../core/player/track';
import { trackOf } from '../../core/player/track.testing';
import type { Experiment, Verdict } from '../../core/protocol/wire';
import { WORDS } from '../../ui/verdict-words/words.testing';
import { POSITIONS, positionOf, speedAt } from './speed';
import { clusters, editMarks, EventFinder, forkMarks, ownMarks } from './timeline-marks';
import { timelineRange } from './timeline-range';

describe('speed', () => {
  it('goes from one step a second to as fast as it can, always faster', () => {
    const speeds = Array.from({ length: POSITIONS + 1 }, (_, position) => speedAt(position));
    expect(speeds[0]).toBe(1);
    expect(speeds[POSITIONS]).toBe(Infinity);
    expect(speeds.every((speed, n) => n === 0 || speed >= (speeds[n - 1] as number))).toBe(true);
  });

  it('finds its own position again', () => {
    for (const position of [0, 20, POSITIONS - 1, POSITIONS]) expect(positionOf(speedAt(position))).toBe(position);
  });
});

describe('the timeline', () => {
  it('reaches to a round number that holds the recording', () => {
    expect([-1, 0, 100, 101, 200, 201, 501, 1000, 1001, 99999].map(timelineRange)).toEqual([100, 100, 100, 200, 200, 500, 1000, 1000, 2000, 100000]);
  });

  const recording = (verdicts: Verdict[], epoch = 0): Recording => {
    const rows = Array.from({ length: 60 }, () => ({ params: [0, 0] }));
    return { tracks: [trackOf(rows, 2, verdicts)], last: 59, epoch };
  };
  const plain = (step: number): Verdict => ({ code: 'descending', step, remedy: null });
  const near = (step: number, kind: 'minimum' | 'saddle', at: number[] = [0, 0]): Verdict => ({
    code: 'near', step, remedy: null, since: step, kind, at, eigenvalues: [-1, 1], downhill: [0, 1],
    law: 'plain', factor: 1.1, escape: null, stuck: false,
  });
  const escaped = (step: number): Verdict => ({ code: 'escaped', step, remedy: null, since: 0, kind: 'saddle', at: [0, 0], escape: null });
  const rests = (step: number): Verdict => ({ code: 'converged', step, remedy: null, at: [1, 1 / step], loss: step, lowest: null });
  const limit = { since: 2, law: 'plain', product: 3, limit: 2, curvature: 30, direction: [1, 0], largest: 0.1, momentum: 0 } as const;
  const over = (step: number): Verdict => ({ code: 'unstable', step, remedy: null, limit: { ...limit, direction: [1, 0] } });
  const gone = (step: number): Verdict => ({ code: 'diverged', step, remedy: null, cause: 'wall', limit: null, last: 1, since: null });
  const found = (verdicts: Verdict[]) => new EventFinder(WORDS).read(recording(verdicts)).map(({ kind, step, point }) => [kind, step, point]);

  it('marks where something begins', () => {
    expect(found([plain(0), near(3, 'saddle'), escaped(20), plain(21), over(30), gone(40)])).toEqual([
      ['near', 3, 'saddle'],
      ['escaped', 20, 'saddle'],
      ['unstable', 30, null],
      ['diverged', 40, null],
    ]);
    expect(found([plain(0), rests(9)])).toEqual([['converged', 9, null]]);
  });

  it('passes over what goes on with other numbers, and minima on the way', () => {
    expect(found([plain(0), rests(9), rests(14), rests(50)])).toEqual([['converged', 9, null]]);
    expect(found([plain(0), near(5, 'minimum'), plain(8)])).toEqual([]);
  });

  it('marks the same again only when it was over for a while, and another one at once', () => {
    const inAndOut = [near(3, 'saddle'), plain(20), near(30, 'saddle'), plain(31), near(42, 'saddle')];
    expect(found(inAndOut).map(([, step]) => step)).toEqual([3, 42]);
    expect(found([near(3, 'saddle'), near(5, 'saddle', [2, 2])]).map(([, step]) => step)).toEqual([3, 5]);
  });

  it('finds the same in a recording that grows, and begins anew when records are forgotten', () => {
    const all = [near(3, 'saddle'), near(9, 'saddle'), escaped(20), gone(40)];
    const finder = new EventFinder(WORDS);
    finder.read(recording(all.slice(0, 1)));
    finder.read(recording(all.slice(0, 2)));
    const marks = finder.read(recording(all));
    expect(marks).toEqual(new EventFinder(WORDS).read(recording(all)));
    expect(marks.map((mark) => mark.kind)).toEqual(['near', 'escaped', 'diverged']);
    expect(finder.read(recording(all))).toBe(marks);
    expect(finder.read(recording([plain(0)], 1))).toEqual([]);
  });

  it('marks where a branch begins, and what is its own', () => {
    const run = { optimizer: { id: 'sgd' }, start: [0] };
    const experiment: Experiment = {
      version: 1,
      problem: { kind: 'surface', id: 'ravine' },
      runs: [run, { ...run, fork: { run: 0, step: 20 } }],
      edits: [10, 20, 30].map((step) => ({ step, run: 1, set: { lr: 1 } })),
    };
    const marks = [...editMarks(experiment), ...forkMarks(experiment)];
    const steps = (visible: boolean[]) => ownMarks(experiment, visible, marks).map(({ kind, step }) => `${kind} ${step}`);
    expect(steps([true, true])).toEqual(['edit 20', 'edit 30', 'fork 20']);
    expect(steps([false, true])).toEqual(['edit 10', 'edit 20', 'edit 30', 'fork 20']);
  });

  it('puts marks together that cannot be told apart', () => {
    const marks = [0, 1, 2, 9, 10, 30].map((step) => ({ kind: 'near', step, run: 0, point: 'saddle', verdict: near(step, 'saddle') }) as const);
    const together = clusters([...marks, { kind: 'diverged', step: 1, run: 1, point: null, verdict: gone(1) }], 10);
    expect(together.map(({ kinds, first, last, marks: { length } }) => [kinds.join(), first, last, length])).toEqual([
      ['diverged,near', 0, 9, 5],
      ['near', 10, 10, 1],
      ['near', 30, 30, 1],
    ]);
  });
});
