import { describe, expect, it } from 'vitest';
import type { CloudEntry } from '../../../core/classroom/types';
import { byLoss, callOf } from './cloud-entries';
import { pointsOf } from './cloud-overlay';
import { ABOVE, lossTicks, rateDots } from './rate-dots';

const entry = (seat: number, lr: number | null, loss: number | string, outcome: CloudEntry['outcome'] = 'slow'): CloudEntry =>
  ({ seat, lr, loss, outcome, label: { en: `seat ${seat}`, zh: `座位${seat}` }, name: '', path: [], losses: [] }) as unknown as CloudEntry;

describe('loss against rate', () => {
  it('is on logarithmic axes from power to power of ten', () => {
    const { rates, losses, dots, linear } = rateDots([entry(1, 0.02, 0.05), entry(2, 0.3, 2)]);
    expect(linear).toBe(false);
    expect(rates[0]).toBeCloseTo(0.01);
    expect(rates[1]).toBeCloseTo(1);
    expect(losses[0]).toBeCloseTo(0.01);
    expect(losses[1]).toBeCloseTo(10);
    expect(dots[0]?.x).toBeCloseTo(Math.log10(2) / 2);
    expect((dots[1]?.y ?? 0) > (dots[0]?.y ?? 1)).toBe(true);
  });

  it('puts what diverged above every loss', () => {
    const { dots } = rateDots([entry(1, 0.1, 5), entry(2, 2, 'inf', 'diverged'), entry(3, 3, 1e30, 'diverged')]);
    expect(dots.map(({ y }) => y === ABOVE)).toEqual([false, true, true]);
    expect(dots[0]?.y).toBeLessThan(ABOVE);
  });

  it('is linear where a loss is below 0, and has a place for a loss of 0', () => {
    expect(rateDots([entry(1, 0.1, -0.25), entry(2, 0.2, 1)]).linear).toBe(true);
    const { dots } = rateDots([entry(1, 0.1, 0), entry(2, 0.2, 1)]);
    expect(dots.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
  });

  it('labels the axis once where all losses are the same', () => {
    expect(lossTicks(rateDots([entry(1, 0.1, -0.25), entry(2, 0.1, -0.25)]))).toEqual([-0.25]);
    expect(lossTicks(rateDots([entry(1, 0.1, -0.25), entry(2, 0.1, 1)]))).toEqual([-0.25, 1]);
  });

  it('leaves out what has no rate, and is there before any run', () => {
    expect(rateDots([entry(1, null, 1)]).dots).toEqual([]);
    expect(rateDots([]).rates).toEqual([0.01, 1]);
  });
});

describe('the class’s runs', () => {
  it('are in the order of their losses, with those that diverged last', () => {
    expect(byLoss([entry(1, 1, 3), entry(2, 1, 'nan', 'diverged'), entry(3, 1, 0.5), entry(4, 1, 0.5)]).map(({ seat }) => seat)).toEqual([3, 4, 1, 2]);
  });

  it('are called by their names only where names are shown', () => {
    const seat = { ...entry(1, 1, 1), name: 'Ada' };
    expect(callOf(seat, true, (text) => text.en)).toBe('Ada');
    expect(callOf(seat, false, (text) => text.en)).toBe('seat 1');
  });

  it('end on the map where they are not finite', () => {
    const of = (path: unknown[], losses: unknown[]): [number, number][] => pointsOf({ path, losses } as CloudEntry);
    expect(of([[1, 2], [3, 'inf'], [5, 6]], [1, 2, 3])).toEqual([[1, 2]]);
    expect(of([[1], [2]], [9, 4])).toEqual([[1, 9], [2, 4]]);
  });
});
