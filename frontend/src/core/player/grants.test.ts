import { beforeEach, describe, expect, it } from 'vitest';
import { type Demand, Grants, stride } from './grants';

let grants: Grants;

beforeEach(() => {
  grants = new Grants();
});

function demand(given: Partial<Demand>): Demand {
  return { head: 0, last: -1, playing: true, speed: 30, hidden: false, compiled: false, target: -1, limit: Infinity, now: 0, ...given };
}

describe('Grants', () => {
  it('keeps half a second of steps ahead of the head', () => {
    expect(grants.next(demand({ speed: 30 }))).toBe(15);
    expect(grants.next(demand({ speed: 1000 }))).toBe(500);
  });

  it('keeps more ahead where all runs are compiled, up to a number of steps', () => {
    expect(grants.next(demand({ speed: 30, compiled: true }))).toBe(120);
    expect(grants.next(demand({ speed: 100, compiled: true }))).toBe(240);
    expect(grants.next(demand({ speed: 1000, compiled: true }))).toBe(500);
  });

  it('keeps a few steps ahead however slow the speed', () => {
    expect(grants.next(demand({ speed: 1 }))).toBe(4);
  });

  it('is made anew when half is used up, not at every step', () => {
    const sent = [];
    for (let head = 0; head <= 60; head += 1) {
      const until = grants.next(demand({ head, last: head + 10 }));
      if (until !== null) sent.push(until - head);
    }
    expect(sent.length).toBeGreaterThan(6);
    expect(sent.length).toBeLessThan(11);
    expect(new Set(sent)).toEqual(new Set([15]));
  });

  it('never leaves the head with less than about a quarter of a second', () => {
    for (let head = 0; head <= 300; head += 1) {
      grants.next(demand({ head, last: head }));
      expect(grants.until - head).toBeGreaterThanOrEqual(7);
    }
  });

  it('wants no more than a small margin while paused', () => {
    expect(grants.next(demand({ playing: false, head: 10, last: 10 }))).toBe(14);
    expect(grants.next(demand({ playing: false, head: 10, last: 14 }))).toBeNull();
    expect(grants.next(demand({ playing: false, head: 11, last: 14 }))).toBeNull();
    expect(grants.next(demand({ playing: false, head: 12, last: 14 }))).toBe(16);
  });

  it('needs nothing when the head was moved back over what is recorded', () => {
    grants.next(demand({ head: 500, last: 500 }));
    expect(grants.next(demand({ head: 3, last: 515 }))).toBeNull();
  });

  it('takes back what was granted when playing at full speed is paused', () => {
    grants.arrived(1000, 0);
    expect(grants.next(demand({ head: 1000, last: 1000, speed: Infinity, now: 10 }))).toBe(3000);
    expect(grants.next(demand({ head: 1000, last: 1100, playing: false }))).toBe(1004);
    expect(grants.next(demand({ head: 1000, last: 1100, playing: false }))).toBeNull();
  });

  it('grants nothing to a hidden tab, and takes back what is still to be made', () => {
    expect(grants.next(demand({ speed: 1000 }))).toBe(500);
    expect(grants.next(demand({ speed: 1000, head: 20, last: 100, hidden: true }))).toBe(100);
    expect(grants.next(demand({ speed: 1000, head: 100, last: 100, hidden: true }))).toBeNull();
    expect(grants.next(demand({ speed: 1000, head: 100, last: 100 }))).toBe(600);
  });

  it('grows with what arrives at infinite speed', () => {
    expect(grants.next(demand({ head: 0, last: 0, speed: Infinity }))).toBe(60);
    grants.arrived(60, 10);
    expect(grants.next(demand({ head: 60, last: 60, speed: Infinity, now: 10 }))).toBe(180);
    grants.arrived(120, 20);
    expect(grants.next(demand({ head: 180, last: 180, speed: Infinity, now: 20 }))).toBe(540);
  });

  it('forgets what arrived more than half a second ago', () => {
    grants.arrived(10_000, 0);
    grants.arrived(100, 499);
    expect(grants.next(demand({ head: 500, last: 500, speed: Infinity, now: 600 }))).toBe(700);
  });

  it('is bounded at infinite speed', () => {
    grants.arrived(1_000_000, 0);
    expect(grants.next(demand({ head: 5, last: 5, speed: Infinity }))).toBe(20_005);
  });

  it('reaches a step that the user asked for', () => {
    grants.next(demand({ playing: false, head: 10, last: 14 }));
    expect(grants.next(demand({ playing: false, head: 10, last: 14, target: 15 }))).toBe(15);
    expect(grants.next(demand({ playing: false, head: 10, last: 14, target: 15 }))).toBeNull();
    expect(grants.next(demand({ playing: false, head: 10, last: 14, target: 900 }))).toBe(900);
  });

  it('grants anew after a reset', () => {
    expect(grants.next(demand({}))).toBe(15);
    expect(grants.next(demand({}))).toBeNull();
    grants.reset();
    expect(grants.next(demand({}))).toBe(15);
  });
});

describe('stride', () => {
  it('keeps to 20 fits a second', () => {
    for (const speed of [0, 1, 20, 30, 45, 100, 1000, 9999, 123456]) {
      expect(speed / stride(speed)).toBeLessThanOrEqual(20);
      expect(speed / stride(speed)).toBeGreaterThanOrEqual(Math.min(speed, 8));
    }
  });

  it('is 1, 2 or 5 of a power of ten', () => {
    expect([20, 21, 41, 101, 201, 401].map(stride)).toEqual([1, 2, 5, 10, 20, 50]);
  });
});
