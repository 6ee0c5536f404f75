import { expect, it } from 'vitest';
import { csvOf } from './map-table';
import { Picture } from './picture';
import { sweepOfSide, TILES, valueTiles } from './tiles.testing';

it('has a row for each pixel, the axes first', () => {
  const picture = new Picture(sweepOfSide(4));
  for (const tile of TILES) picture.add(tile);
  const rows = csvOf(picture).split('\r\n');
  expect(rows.slice(0, 3)).toEqual(['a,b,status,step,minimum', '0,0,converged,0,0', '0,1,converged,1,1']);
  expect(rows[1 + 4 * 3]).toBe('3,0,diverged,30,-1');
  expect(rows).toHaveLength(18);
});

it('writes infinity as Python reads it', () => {
  const picture = new Picture({ ...sweepOfSide(4), measure: 'distance' });
  for (const tile of valueTiles((i, j) => (i > j ? Infinity : 0.1 * j))) picture.add(tile);
  expect(csvOf(picture).split('\r\n').slice(0, 6)).toEqual(['a,b,value', '0,0,0', '0,1,0.1', '0,2,0.2', '0,3,0.30000000000000004', '1,0,inf']);
});
