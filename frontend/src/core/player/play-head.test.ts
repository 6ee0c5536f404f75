import { beforeEach, describe, expect, it } from 'vitest';
import { PlayHead } from './play-head';

let head: PlayHead;

beforeEach(() => {
  head = new PlayHead();
  head.playing = true;
  head.speed = 10;
});

/** Ticks of a 60 Hz display. */
function frames(count: number, last: number): void {
  for (let n = 0; n < count; n += 1) head.tick(1 / 60, last);
}

describe('PlayHead', () => {
  it('adds up parts of a step over frames', () => {
    frames(5, 100);
    expect(head.step).toBe(0);
    frames(2, 100);
    expect(head.step).toBe(1);
    frames(53, 100); // 60 frames: one second
    expect(head.step).toBeGreaterThanOrEqual(9);
    expect(head.step).toBeLessThanOrEqual(10);
  });

  it('says whether the step changed', () => {
    expect(head.tick(0.05, 100)).toBe(false);
    expect(head.tick(0.06, 100)).toBe(true);
  });

  it('stays while it is paused', () => {
    head.playing = false;
    frames(600, 100);
    expect(head.step).toBe(0);
  });

  it('never passes the recording', () => {
    frames(600, 7);
    expect(head.step).toBe(7);
  });

  it('goes to a record that it waited for at once, and makes up for no more than that', () => {
    frames(600, 7);
    head.tick(0.001, 100);
    expect(head.step).toBe(8);
    head.tick(0.001, 100);
    expect(head.step).toBe(8);
  });

  it('keeps its beat when the end is cut to where it is again and again, as by a dragged slider', () => {
    let shown = 0;
    for (let n = 0; n < 60; n += 1) {
      head.keepWithin(head.step); // the edit
      head.tick(1 / 60, head.step + 15); // its records are here by the next frame
      shown = head.step;
    }
    expect(shown).toBeGreaterThanOrEqual(9);
  });

  it('does not move while nothing is recorded', () => {
    frames(60, -1);
    expect(head.step).toBe(0);
  });

  it('is at the last record at infinite speed', () => {
    head.speed = Infinity;
    head.tick(1 / 60, 12_345);
    expect(head.step).toBe(12_345);
    expect(head.tick(0, 12_345)).toBe(false);
  });

  it('counts a long sleep of the machine as a moment', () => {
    head.tick(600, 100_000);
    expect(head.step).toBe(2); // a quarter of a second
  });

  it('does not go back by itself when the recording is shorter than where it is', () => {
    head.seek(50, 100);
    head.tick(1 / 60, 30);
    expect(head.step).toBe(50);
    head.keepWithin(30);
    expect(head.step).toBe(30);
  });

  it('seeks to the nearest step there is', () => {
    expect(head.seek(40.4, 100)).toBe(true);
    expect(head.step).toBe(40);
    expect(head.seek(1000, 100)).toBe(true);
    expect(head.step).toBe(100);
    expect(head.seek(-3, 100)).toBe(true);
    expect(head.step).toBe(0);
    expect(head.seek(3, -1)).toBe(false);
    expect(head.step).toBe(0);
  });
});
