import { describe, expect, it } from 'vitest';
import { trackOf, type Row } from '../explain/testing';
import type { Recording } from '../session/types';
import { domainOf } from './domain';
import { clusters, EventFinder } from './marks';
import { NOTCHES, positionOf, speedAt } from './speed';

describe('speed', () => {
  it('goes from one step a second to as fast as it can, always faster', () => {
    const speeds = Array.from({ length: NOTCHES + 1 }, (_, position) => speedAt(position));
    expect(speeds[0]).toBe(1);
    expect(speeds[NOTCHES]).toBe(Infinity);
    expect(speeds.every((speed, n) => n === 0 || speed >= (speeds[n - 1] as number))).toBe(true);
  });

  it('finds its own position again', () => {
    for (const position of [0, 20, NOTCHES - 1, NOTCHES]) expect(positionOf(speedAt(position))).toBe(position);
  });
});

describe('the timeline', () => {
  it('reaches to a round number that holds the recording', () => {
    expect([-1, 0, 100, 101, 200, 201, 501, 1000, 1001, 99999].map(domainOf)).toEqual([100, 100, 100, 200, 200, 500, 1000, 1000, 2000, 100000]);
  });

  const still: Row = { params: [0, 0] };
  const saddle: Row = { params: [0, 0], critical: 'saddle' };
  const rest: Row = { params: [0, 0], status: 'converged' };
  const recording = (rows: Row[], epoch = 0): Recording => ({ tracks: [trackOf(rows, 2)], last: rows.length - 1, epoch });

  it('marks the step at which something begins, once', () => {
    const rows = [still, saddle, saddle, still, saddle, ...Array<Row>(20).fill(still), saddle, rest, rest];
    expect(new EventFinder().read(recording(rows))).toEqual([
      { kind: 'saddle', step: 1, run: 0 },
      { kind: 'saddle', step: 25, run: 0 },
      { kind: 'converged', step: 26, run: 0 },
    ]);
  });

  it('finds the same in a recording that grows, and begins anew when records are forgotten', () => {
    const rows = [still, saddle, saddle, { ...still, status: 'diverged' } satisfies Row];
    const finder = new EventFinder();
    finder.read(recording(rows.slice(0, 1)));
    finder.read(recording(rows.slice(0, 3)));
    const found = finder.read(recording(rows));
    expect(found).toEqual(new EventFinder().read(recording(rows)));
    expect(found.map((mark) => mark.kind)).toEqual(['saddle', 'diverged']);
    expect(finder.read(recording(rows))).toBe(found);
    expect(finder.read(recording([still], 1))).toEqual([]);
  });

  it('puts marks together that cannot be told apart', () => {
    const marks = [0, 1, 2, 9, 10, 30].map((step) => ({ kind: 'saddle', step, run: 0 }) as const);
    const found = clusters([...marks, { kind: 'diverged', step: 1, run: 1 }], 10);
    expect(found.map(({ kinds, first, last, marks: { length } }) => [kinds.join(), first, last, length])).toEqual([
      ['diverged,saddle', 0, 9, 5],
      ['saddle', 10, 10, 1],
      ['saddle', 30, 30, 1],
    ]);
  });
});
