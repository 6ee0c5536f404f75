import { describe, expect, it } from 'vitest';
import type { Verdict } from '../protocol/wire';
import { endOfAll, restsAt } from './rest';
import { trackOf, type Row } from './track.testing';

const said = (step: number, code: string): Verdict => ({ step, code, remedy: null }) as unknown as Verdict;

function run(records: number, verdicts: [number, string][], divergedAt = -1) {
  const rows = Array.from({ length: records }, (_, k): Row => ({ params: [0], status: k === divergedAt ? 'diverged' : 'running' }));
  return trackOf(rows, 1, [said(0, 'descending'), ...verdicts.map(([step, code]) => said(step, code))]);
}

describe('the end of all runs', () => {
  const sgd = run(300, [[83, 'converged']]);
  const adam = run(300, [[90, 'oscillating'], [212, 'converged']]);

  it('is where the last one comes to rest', () => {
    expect(endOfAll([sgd], 0, 300)).toBe(83);
    expect(endOfAll([sgd, adam], 0, 299)).toBe(212);
    expect(endOfAll([sgd, adam], 211, 212)).toBe(212);
  });

  it('is met once: not before it, and not again after it', () => {
    expect(endOfAll([sgd, adam], 0, 211)).toBeNull();
    expect(endOfAll([sgd, adam], 212, 299)).toBeNull();
  });

  it('is also where a run diverged, or never moved', () => {
    expect(endOfAll([run(41, [[40, 'diverged']], 40), sgd], 0, 299)).toBe(83);
    expect(endOfAll([run(121, [[120, 'diverged']], 120), sgd], 0, 299)).toBe(120);
    expect(endOfAll([run(50, [[10, 'unmoved']])], 0, 49)).toBe(10);
    expect(endOfAll([run(300, [[110, 'settled']])], 0, 299)).toBe(110);
  });

  it('is none while a run goes on, stalls or has left its minimum again', () => {
    expect(endOfAll([sgd, run(300, [])], 0, 299)).toBeNull();
    expect(endOfAll([sgd, run(300, [[70, 'stalled']])], 0, 299)).toBeNull();
    expect(endOfAll([run(300, [[20, 'converged'], [52, 'unstable']]), sgd], 0, 299)).toBeNull();
    expect(endOfAll([sgd, run(100, [[83, 'converged']])], 83, 299)).toBeNull();
  });
});

it('a run is at rest while its verdict says so', () => {
  const track = run(300, [[20, 'converged'], [52, 'unstable']]);
  expect([19, 20, 51, 52].map((step) => restsAt(track, step))).toEqual([false, true, true, false]);
});
