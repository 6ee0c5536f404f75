import { describe, expect, it } from 'vitest';
import { DARK, faded, keyOf, LIGHT, minimumHue, paint, scaleOf } from './painting';
import { Picture, type Outcome } from './picture';
import { sweepOfSide, TILES, valueTiles } from './tiles.testing';

const [FIRST] = TILES;

function pixelsOf(picture: Picture): (number | undefined)[][] {
  return Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => (picture.at(i, j)?.found as Outcome | undefined)?.step));
}

describe('a picture', () => {
  it('is empty before the first tile', () => {
    const picture = new Picture(sweepOfSide(4));
    expect(picture.at(0, 0)).toBeNull();
    expect(picture.whole).toBe(false);
  });

  it('is coarse at once: each known pixel stands for its neighbours', () => {
    const picture = new Picture(sweepOfSide(4));
    if (FIRST) picture.add(FIRST);
    expect(pixelsOf(picture)).toEqual([[0, 0, 2, 2], [0, 0, 2, 2], [20, 20, 22, 22], [20, 20, 22, 22]]);
    expect(picture.at(3, 1)).toEqual({ values: [2, 0], found: { status: 2, step: 20, minimum: -1 } });
    expect(picture.whole).toBe(false);
  });

  it('is made of each pixel’s own run at last', () => {
    const picture = new Picture(sweepOfSide(4));
    for (const tile of TILES) picture.add(tile);
    expect(pixelsOf(picture)).toEqual([0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => 10 * i + j)));
    expect(picture.at(1, 3)).toEqual({ values: [1, 3], found: { status: 1, step: 13, minimum: 1 } });
    expect(picture.minimumAt(1)).toEqual([-1, 0]);
    expect(picture.whole).toBe(true);
    expect([...picture.reached].sort()).toEqual([0, 1]);
    expect([picture.diverges, picture.goesOn]).toEqual([true, false]);
  });

  it('is the same after tiles that came twice', () => {
    const picture = new Picture(sweepOfSide(4));
    for (const tile of [...TILES, ...TILES.slice(0, 2)]) picture.add(tile);
    expect(pixelsOf(picture)).toEqual([0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => 10 * i + j)));
    expect(picture.tiles).toBe(4);
    expect(picture.whole).toBe(true);
  });

  it('has its first axis to the right and its second one up', () => {
    const picture = new Picture(sweepOfSide(4));
    for (const tile of TILES) picture.add(tile);
    const painted = new Uint8ClampedArray(4 * 16);
    paint(picture, painted, LIGHT);
    const at = (i: number, j: number) => [...painted.subarray(4 * ((3 - j) * 4 + i), 4 * ((3 - j) * 4 + i) + 4)];
    const hue = (minimum: number, step: number) => [...faded(minimumHue(minimum), Math.log1p(step) / Math.log1p(100), LIGHT), 255];
    expect(at(0, 3)).toEqual(hue(1, 3));
    expect(at(1, 2)).toEqual(hue(0, 12));
    expect(at(3, 0)).toEqual([...faded([213, 94, 0], Math.log1p(30) / Math.log1p(100), LIGHT), 255]);
  });
});

describe('a measure that is a number', () => {
  it('is coloured from its lowest to its highest value, and infinity by itself', () => {
    const picture = new Picture({ ...sweepOfSide(4), measure: 'final_loss' });
    for (const tile of valueTiles((i, j) => (i === 3 && j === 3 ? Infinity : 10 * i + j))) picture.add(tile);
    expect(picture.at(1, 2)).toEqual({ values: [1, 2], found: 12 });
    expect(picture.range()).toEqual({ low: 0, positive: 1, high: 32, above: false, never: true });
    const painted = new Uint8ClampedArray(4 * 16);
    paint(picture, painted, LIGHT);
    const at = (i: number, j: number) => [...painted.subarray(4 * ((3 - j) * 4 + i), 4 * ((3 - j) * 4 + i) + 3)];
    expect([at(0, 0), at(3, 2), at(3, 3)]).toEqual([[68, 1, 84], [253, 231, 37], [64, 64, 64]]);
    expect(keyOf(picture, LIGHT).map(({ is }) => is)).toEqual(['values', 'never']);
  });

  it('is not coloured by a few values that are far higher than all others', () => {
    const picture = new Picture({ ...sweepOfSide(4), measure: 'distance' });
    for (const tile of valueTiles((i, j) => (i === 3 && j === 3 ? 1e18 : 1 + 4 * i + j))) picture.add(tile);
    expect(picture.range()).toEqual({ low: 1, positive: 1, high: 15, above: true, never: false });
    expect(keyOf(picture, LIGHT)[0]).toMatchObject({ is: 'values', low: 1, high: 15, above: true });
  });

  it('is on a log scale where most values would have one colour, and never below zero', () => {
    const log = scaleOf({ low: 1e-4, positive: 1e-4, high: 1 });
    expect([log.log, log.shareOf(1e-2), log.shareOf(1)]).toEqual([true, expect.closeTo(0.5), 1]);
    expect(scaleOf({ low: 0, positive: 1e-20, high: 1 })).toMatchObject({ log: true, least: 1e-12 });
    expect(scaleOf({ low: -1, positive: 2, high: 1000 })).toMatchObject({ log: false, least: -1 });
    expect(scaleOf({ low: 3, positive: 3, high: 3 }).shareOf(3)).toBe(0);
    // A start that is below the loss already takes no contrast from the others.
    const steps = scaleOf({ low: 0, positive: 1, high: 200 });
    expect([0, 1, 10, 200].map((value) => Number(steps.shareOf(value).toFixed(2)))).toEqual([0, 0, 0.43, 1]);
  });
});

describe('a hue', () => {
  it('fades to the ground, and never wholly', () => {
    expect(faded([0, 100, 200], 0, LIGHT)).toEqual([0, 100, 200]);
    expect(faded([0, 100, 200], 1, LIGHT)).toEqual([179, 209, 239]);
    expect(faded([0, 100, 200], 1, DARK)).toEqual([14, 48, 82]);
  });
});
