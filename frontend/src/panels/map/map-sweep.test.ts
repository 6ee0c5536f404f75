import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Refused } from '../../core/session/faults';
import type { Sweep, Tile } from '../../core/protocol/wire';
import { MapSweep } from './map-sweep.svelte';
import { sweepOfSide, TILES } from './tiles.testing';

interface Asked {
  sweep: Sweep;
  after: number;
  each(tile: Tile): void;
  done(): void;
  refuse(field: string, code?: string): void;
}

let asked: Asked[] = [];
let cancelled = 0;
const map = () =>
  new MapSweep({
    sweep: (sweep, after, each) =>
      new Promise((done, reject) => {
        const refuse = (field: string, code = 'limit') => reject(new Refused({ code, field, message: `no ${field}`, column: null }));
        asked.push({ sweep, after, each, done, refuse });
      }),
    cancelSweep: () => void (cancelled += 1),
  });

beforeEach(() => {
  vi.useFakeTimers();
  [asked, cancelled] = [[], 0];
});
afterEach(() => vi.useRealTimers());

const send = (n: number, tiles: readonly Tile[]) => tiles.forEach((tile) => asked[n]?.each(tile));

it('asks once for a view, and shows it from its first tile on', async () => {
  const one = map();
  one.want(sweepOfSide(4));
  one.want(sweepOfSide(4));
  expect(asked).toHaveLength(1);
  expect(one.picture).toBeNull();
  send(0, TILES.slice(0, 1));
  expect(one.picture?.tiles).toBe(1);
  expect(one.version).toBe(1);
});

it('shows the view before until a tile of the next one is there, and none of its late tiles', () => {
  const one = map();
  one.want(sweepOfSide(4));
  send(0, TILES.slice(0, 2));
  const before = one.picture;
  one.want({ ...sweepOfSide(4), steps: 50 });
  send(0, TILES.slice(2));
  expect(one.picture).toBe(before);
  expect(before?.tiles).toBe(2);
  send(1, TILES);
  expect(one.picture?.sweep.steps).toBe(50);
  expect(one.picture?.whole).toBe(true);
});

it('asks for the tiles that are left where another experiment cancelled it', async () => {
  const one = map();
  one.want(sweepOfSide(4));
  send(0, TILES.slice(0, 3));
  asked[0]?.refuse('');
  await vi.advanceTimersByTimeAsync(1000);
  expect(asked[1]?.after).toBe(3);
  send(1, TILES.slice(3));
  asked[1]?.done();
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.picture?.whole).toBe(true);
  expect(asked).toHaveLength(2);
});

it('says why there is no picture, and asks no more', async () => {
  const one = map();
  one.want(sweepOfSide(4));
  asked[0]?.refuse('sweep.steps');
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.fault).toMatchObject({ field: 'sweep.steps', message: 'no sweep.steps' });
  expect(asked).toHaveLength(1);
  one.want({ ...sweepOfSide(4), steps: 50 });
  expect(one.fault).toBeNull();
  asked[1]?.refuse('', 'internal');
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.fault?.message).toBe('no ');
  expect(asked).toHaveLength(2);
});

it('asks again in another language why there is no picture', async () => {
  const one = map();
  one.want(sweepOfSide(4), 'en');
  asked[0]?.refuse('sweep.steps');
  await vi.advanceTimersByTimeAsync(1000);
  one.want(sweepOfSide(4), 'en');
  expect(asked).toHaveLength(1);
  one.want(sweepOfSide(4), 'zh');
  expect(asked).toHaveLength(2);
  send(1, TILES);
  one.want(sweepOfSide(4), 'en');
  expect(asked).toHaveLength(2);
});

it('asks no more when it is stopped', async () => {
  const one = map();
  one.want(sweepOfSide(4));
  one.stop();
  asked[0]?.refuse('');
  await vi.advanceTimersByTimeAsync(1000);
  expect([cancelled, asked.length]).toEqual([1, 1]);
});
