import { describe, expect, it } from 'vitest';
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { rgb } from '../../render/colours/class-colours';
import { fitWords } from './description';
import { outputsWithLine, thresholds } from './fitted-curves';
import { columnsFor } from './images';
import { classAt, drawnOutput } from './prediction';

const name = (text: string) => ({ en: text, zh: text });

function picture(outputs: number, classes: string[], rest: Partial<DataPicture> = {}): DataPicture {
  return { kind: 'curve', outputs, classes: classes.map(name), bounds: [[0, 4]], input_names: [name('hours')], ...rest } as DataPicture;
}

function fit(outputs: number, ...values: number[]): Fit {
  return { step: 0, points: values.length / outputs, outputs, values: new Float32Array(values), weights: null };
}

describe('a fit', () => {
  it('is the likelier class, from one output or from one a class', () => {
    const two = fit(1, 0.25, 0.75, NaN);
    expect(classAt(picture(1, ['a', 'b']), two, 0)).toEqual({ predicted: 0, probability: 0.75 });
    expect(classAt(picture(1, ['a', 'b']), two, 1)).toEqual({ predicted: 1, probability: 0.75 });
    expect(classAt(picture(1, ['a', 'b']), two, 2).predicted).toBe(-1);
    const three = fit(3, 0.25, 0.5, 0.25);
    expect(classAt(picture(3, ['a', 'b', 'c']), three, 0)).toEqual({ predicted: 1, probability: 0.5 });
  });

  it('is one line where one output is all there is', () => {
    expect([drawnOutput(picture(2, ['a', 'b'])), outputsWithLine(picture(2, ['a', 'b']))]).toEqual([1, [1]]);
    expect(outputsWithLine(picture(2, []))).toEqual([0, 1]);
    expect(outputsWithLine(picture(3, ['a', 'b', 'c']))).toEqual([0, 1, 2]);
  });

  it('crosses one half where it does, for two classes alone', () => {
    const rising = fit(1, 0, 0.25, 0.5, 0.75, 1);
    expect(thresholds(picture(1, ['fail', 'pass']), rising)).toEqual([2]);
    expect(thresholds(picture(2, ['fail', 'pass']), fit(2, 1, 0, 0.75, 0.25, 0, 1, 0, 1, 0, 1))).toEqual([1 + 1 / 3]);
    expect(thresholds(picture(1, []), rising)).toEqual([]);
  });

  it('is described in words', () => {
    expect(fitWords(picture(1, ['fail', 'pass']), fit(1, 0, 0.25, 0.5, 0.75, 1), 'SGD')).toContain('0.5 at hours = 2');
    expect(fitWords(picture(1, ['fail', 'pass']), fit(1, 0.7, 0.8, 0.9), 'SGD')).toContain('nowhere 0.5');
    expect(fitWords(picture(1, [], { target_names: [name('y')] }), fit(1, 1, 2, 3), 'SGD')).toContain('1 at hours = 0, 3 at hours = 4');
    expect(fitWords(picture(1, []), fit(1, NaN, 2), 'SGD')).toContain('not finite');
    const map = picture(1, ['ring', 'disc'], { kind: 'map' });
    expect(fitWords(map, fit(1, 0.1, 0.2, 0.3, 0.9), 'SGD')).toContain('25 % of the picture is disc');
  });
});

describe('images in rows', () => {
  it('fill the place with the largest squares', () => {
    expect(columnsFor(64, 300, 1200)).toBeLessThan(columnsFor(64, 600, 600));
    expect(columnsFor(1, 300, 300)).toBe(1);
    expect(columnsFor(10, 2000, 100)).toBe(10);
  });
});

describe('a token’s colour', () => {
  it('is read in both lengths', () => {
    expect(rgb('#ffffff')).toEqual([255, 255, 255]);
    expect(rgb('#fff')).toEqual([255, 255, 255]);
    expect(rgb('#14191f')).toEqual([20, 25, 31]);
    expect(rgb('#a0c')).toEqual([170, 0, 204]);
  });
});
