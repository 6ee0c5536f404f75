import { describe, expect, it } from 'vitest';
import { emptyViewport } from '../../render/viewport/viewport';
import { pinchRanges, type Fingers } from './pinch';

const view = { ...emptyViewport(), left: 40, top: 10, width: 400, height: 200, x0: -4, x1: 4, y0: -2, y1: 2 };
const fingers = (x0: number, y0: number, x1: number, y1: number): Fingers => [{ x: x0, y: y0 }, { x: x1, y: y1 }];

describe('a pinch', () => {
  it('of fingers that rest changes nothing', () => {
    expect(pinchRanges(view, fingers(100, 50, 200, 150), fingers(100, 50, 200, 150))).toEqual([[-4, 4], [-2, 2]]);
  });

  it('about the middle halves what is seen when the fingers part to twice their distance', () => {
    expect(pinchRanges(view, fingers(190, 110, 290, 110), fingers(140, 110, 340, 110))).toEqual([[-2, 2], [-1, 1]]);
  });

  it('keeps what is between the fingers between them, wherever they go', () => {
    const [from, to] = [fingers(100, 40, 160, 120), fingers(180, 30, 330, 230)];
    const [[x0, x1], [y0, y1]] = pinchRanges(view, from, to);
    const data = (range: [number, number], share: number): number => range[0] + share * (range[1] - range[0]);
    expect(data([x0, x1], ((180 + 330) / 2 - 40) / 400)).toBeCloseTo(data([-4, 4], ((100 + 160) / 2 - 40) / 400), 12);
    expect(data([y0, y1], 1 - ((30 + 230) / 2 - 10) / 200)).toBeCloseTo(data([-2, 2], 1 - ((40 + 120) / 2 - 10) / 200), 12);
    expect((x1 - x0) / 8).toBeCloseTo((y1 - y0) / 4, 12);
  });

  it('of fingers that meet keeps a finite range', () => {
    const [[x0, x1]] = pinchRanges(view, fingers(240, 110, 240, 110), fingers(200, 110, 280, 110));
    expect(x1 - x0).toBeCloseTo(8 * (16 / 80), 12);
  });
});
