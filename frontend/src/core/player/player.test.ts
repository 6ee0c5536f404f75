import { beforeEach, describe, expect, it } from 'vitest';
import type { EventOf } from '../protocol/wire';
import { Player } from './player';
import { records } from './recording.testing';

/** Steps at which the two runs of these recordings come to rest. */
const RESTS = [20, 30];

let player: Player;

/** Records first..last of both runs. */
function recorded(first: number, last: number, rests = RESTS): void {
  const runs = rests.map((rest, run) => ({
    ...records(run, first, last),
    verdicts: [[0, 'descending'], [rest, 'converged']].filter(([step]) => Number(step) >= first && Number(step) <= last)
      .map(([step, code]) => ({ step, code, remedy: null })),
  }));
  player.append({ op: 'chunk', revision: 1, runs } as unknown as EventOf<'chunk'>, 0);
}

/** Frames in which `steps` steps are played at 1 step a frame. */
function frames(steps: number): void {
  for (let n = 0; n < steps; n += 1) player.tick(1 / 60);
}

beforeEach(() => {
  player = new Player();
  player.playhead.speed = 60.0001;
  player.begin([null, null], 0);
  player.play();
  recorded(0, 400);
});

describe('playing', () => {
  it('stops where the last run comes to rest, at any speed', () => {
    frames(25);
    expect([player.head, player.playing, player.resting]).toEqual([25, true, false]);
    frames(50);
    expect([player.head, player.playing, player.resting]).toEqual([30, false, true]);
    player.seek(0);
    player.playhead.speed = Infinity;
    player.play();
    frames(1);
    expect([player.head, player.playing]).toEqual([30, false]);
  });

  it('goes on when the user plays again, and stops there again after a way back', () => {
    frames(60);
    player.play();
    frames(60);
    expect([player.head, player.playing, player.resting]).toEqual([90, true, false]);
    player.seek(10);
    frames(60);
    expect(player.head).toBe(30);
  });

  it('does not stop where the setting says so, nor before the end of a card', () => {
    player.stopsAtRest = false;
    frames(60);
    expect([player.head, player.playing]).toEqual([60, true]);
    player.stopsAtRest = true;
    player.seek(0);
    player.through = 100;
    frames(60);
    expect([player.head, player.playing]).toEqual([60, true]);
    player.begin([null, null], 0);
    recorded(0, 400);
    frames(60);
    expect(player.head).toBe(30); // another experiment has no such step
  });

  it('resumes with a change, and stops a while later where no run moves again', () => {
    frames(60);
    player.recording.forget(30);
    player.cut();
    player.goOn();
    recorded(31, 400);
    frames(300);
    expect([player.head, player.playing, player.resting]).toEqual([130, false, true]);
  });

  it('is not said to rest elsewhere', () => {
    frames(60);
    player.seek(12);
    expect(player.resting).toBe(false);
    player.seek(30);
    expect(player.resting).toBe(true);
  });
});
