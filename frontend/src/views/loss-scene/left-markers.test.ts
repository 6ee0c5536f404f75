import { describe, expect, it } from 'vitest';
import { emptyViewport } from '../../render/viewport/viewport';
import { exitOf } from './left-markers';
import { mapProjection, type Records } from './projection';

const view = { ...emptyViewport(), left: 40, top: 10, width: 400, height: 400, x0: -4, x1: 4, y0: -4, y1: 4 };
const project = mapProjection(view);
const path = (...points: [number, number][]): Records => ({ dim: 2, params: points.flat(), loss: points.map(() => 1) });
const px = (x: number): number => 40 + (x + 4) * 50;
const py = (y: number): number => 10 + (4 - y) * 50;

describe('the marker of a run that has left the plot', () => {
  it('lies on the path, where it left', () => {
    const exit = exitOf(view, path([-3, 3], [-2, -3], [-1, 21]), 0, 2, project);
    // On the line from (-2, -3) to (-1, 21), near the upper edge.
    expect(exit.y).toBeCloseTo(10 + 12, 6);
    const y = 4 - (exit.y - 10) / 50;
    expect(exit.x).toBeCloseTo(px(-2 + (y + 3) / 24), 6);
    expect([Math.sign(exit.ux), Math.sign(exit.uy)]).toEqual([1, -1]);
    expect(Math.hypot(exit.ux, exit.uy)).toBeCloseTo(1, 9);
    expect(exit.from).toEqual({ x: px(-2), y: py(-3) });
  });

  it('stays where the path left last, however far the run goes and from one side to the other', () => {
    const to_and_fro = path([0, 3], [0.1, -9], [0.2, 40], [9, 300], [99, 1e200], [999, Number.POSITIVE_INFINITY]);
    const exit = exitOf(view, to_and_fro, 0, 4, project);
    expect(exit.y).toBeCloseTo(22, 6);
    expect(exit.x).toBeGreaterThan(px(0.1));
    expect(exit.x).toBeLessThan(px(0.2));
  });

  it('is in the direction of a run that was never within', () => {
    const exit = exitOf(view, path([9, 0], [10, 0]), 0, 1, project);
    expect(exit.x).toBeCloseTo(440 - 12, 6);
    expect(exit.y).toBeCloseTo(py(0), 6);
  });
});
