import { beforeEach, describe, expect, it } from 'vitest';
import type { EventOf } from '../protocol/wire';
import { Player } from './player';
import { records } from './recording.testing';

let player: Player;
let lead: { step: number; speed: number };

function recorded(first: number, last: number): void {
  player.append({ op: 'chunk', revision: 1, runs: [records(0, first, last)] } as unknown as EventOf<'chunk'>, 0);
}

beforeEach(() => {
  player = new Player();
  player.begin([null], 0);
});

describe('a head that follows another', () => {
  beforeEach(() => {
    lead = { step: 0, speed: 0 };
    player.follow(() => lead);
  });

  it('is where the other is, whatever the time of the frames', () => {
    recorded(0, 100);
    lead = { step: 12.7, speed: 30 };
    player.tick(1 / 60);
    expect([player.head, player.playing]).toEqual([12, true]);
    lead = { step: 80.2, speed: 30 };
    player.tick(0);
    expect(player.head).toBe(80);
    lead = { step: 40, speed: 0 };
    player.tick(1);
    expect([player.head, player.playing]).toEqual([40, false]);
  });

  it('has the records made up to the other and ahead of it, and catches up as they come', () => {
    recorded(0, 4);
    lead = { step: 500, speed: 30 };
    player.tick(1 / 60);
    expect(player.head).toBe(4);
    expect(player.nextGrant(false, 0)).toBe(515); // half a second ahead of step 500
    recorded(5, 515);
    player.tick(1 / 60);
    expect(player.head).toBe(500);
  });

  it('is not stopped by runs at rest, and is the user’s own again afterwards', () => {
    recorded(0, 100);
    lead = { step: 60, speed: 30 };
    player.tick(1 / 60);
    player.follow(null);
    player.tick(10);
    expect([player.head, player.playing]).toEqual([60, false]);
    player.seek(3);
    expect(player.head).toBe(3);
  });
});

describe('a last step', () => {
  beforeEach(() => {
    player.stopsAt = 50;
    player.playhead.speed = 60.0001;
  });

  it('ends playing, and nothing is recorded beyond it', () => {
    recorded(0, 50);
    player.play();
    player.seek(40);
    for (let n = 0; n < 20; n++) player.tick(1 / 60);
    expect([player.head, player.playing]).toEqual([50, false]);
    player.stepBy(7);
    expect(player.head).toBe(50);
    expect(player.nextGrant(false, 0)).toBe(50);
    player.play();
    expect([player.head, player.playing]).toEqual([0, true]);
  });
});
