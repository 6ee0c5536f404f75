// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { emptyViewport, fitRanges, fromX, fromY, readViewport, toX, toY, within } from './viewport';

const view = { ...emptyViewport(), left: 40, top: 10, width: 200, height: 100, x0: -2, x1: 2, y0: 0, y1: 10 };

describe('viewport', () => {
  it('puts the corners of the data at the corners of the plot', () => {
    expect([toX(view, -2), toX(view, 2)]).toEqual([40, 240]);
    expect([toY(view, 0), toY(view, 10)]).toEqual([110, 10]);
  });

  it('goes there and back, on a logarithmic axis too', () => {
    const log = { ...view, y0: -3, y1: 2, yLog: true };
    for (const value of [0.001, 0.5, 99]) expect(fromY(log, toY(log, value))).toBeCloseTo(value, 9);
    expect(fromX(view, toX(view, 1.25))).toBeCloseTo(1.25, 12);
    expect(toY(log, 0)).toBe(Number.POSITIVE_INFINITY);
  });

  it('knows what is within', () => {
    expect(within(view, 40, 10)).toBe(true);
    expect(within(view, 39, 10)).toBe(false);
    expect(within(view, 100, 111)).toBe(false);
  });

  it('copies the axes that Plotly drew, and says when nothing changed', () => {
    const plot = document.createElement('div');
    const into = emptyViewport();
    expect(readViewport(plot, into)).toBe(false);
    Object.assign(plot, {
      _fullLayout: {
        xaxis: { _offset: 40, _length: 200, range: [-2, 2], type: 'linear' },
        yaxis: { _offset: 10, _length: 100, range: [-1, 3], type: 'log' },
      },
    });
    expect(readViewport(plot, into)).toBe(true);
    expect(into).toMatchObject({ left: 40, width: 200, x0: -2, x1: 2, y1: 3, yLog: true });
    expect(readViewport(plot, into)).toBe(false);
  });
});

describe('fitRanges', () => {
  it('gives both axes one scale and only ever shows more than asked', () => {
    const [x, y] = fitRanges([[-4, 4], [-4, 4]], 600, 300);
    expect(y).toEqual([-4, 4]);
    expect(x).toEqual([-8, 8]);
  });

  it('keeps each its own scale where the shapes have nothing in common', () => {
    expect(fitRanges([[-100, 100], [-1, 1]], 300, 300)).toEqual([[-100, 100], [-1, 1]]);
  });
});
