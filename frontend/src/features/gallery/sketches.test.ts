import { describe, expect, it } from 'vitest';
import { evenly, polyline, sketchPixels } from './sketches';

describe('a card’s picture', () => {
  it('has its lowest row below, in the colours from low to high', () => {
    const pixels = btoa(String.fromCharCode(0, 255, 128, 255));
    const found = sketchPixels({ shape: [2, 2], pixels }, ['#000000', '#ff0000']);
    expect(Array.from(found)).toEqual([128, 0, 0, 255, 255, 0, 0, 255, 0, 0, 0, 255, 255, 0, 0, 255]);
  });

  it('goes over all colours', () => {
    const found = sketchPixels({ shape: [3, 1], pixels: btoa(String.fromCharCode(0, 128, 255)) }, ['#000000', '#808080', '#ffffff']);
    expect([found[0], found[8]]).toEqual([0, 255]);
    expect(found[4]).toBeGreaterThan(126);
    expect(found[4]).toBeLessThan(131);
  });

  it('puts lines upwards into its box', () => {
    expect(polyline(evenly([0, 0.5, 1]), 100, 60)).toBe('0.0,60.0 50.0,30.0 100.0,0.0');
  });
});
