// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { LASTING_RUNS, RUNS, SURFACES, fakeSession, fakeTrack, type FakeRun } from '../../core/session/made-up-session.testing';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas, type RecordingCanvas } from '../../render/canvas/recording-canvas.testing';
import { MARGIN } from '../../render/canvas/clip-segment';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport } from '../../render/viewport/viewport';
import { Paths } from './paths';
import { mapProjection } from './projection';

const theme = { runs: ['#0068b5', '#c44e00'], panel: '#fff' } as unknown as Theme;
const view = { ...emptyViewport(), left: 40, top: 10, width: 300, height: 300, x0: -4, x1: 4, y0: -4, y1: 4 };
const project = mapProjection(view);

describe('Paths', () => {
  let drawn: RecordingCanvas;
  let paths: Paths;
  const frameOf = (runs: FakeRun[], steps: number): DrawState => ({ ...fakeSession('ravine', steps, runs).frame });
  const draw = (frame: DrawState): number => {
    drawn.reset();
    paths.draw(frame, theme, project);
    return drawn.count('lineTo');
  };

  beforeEach(() => {
    drawn = recordingCanvas();
    paths = new Paths(drawn.layer, view);
  });

  it('adds only the new segment while playing', () => {
    const frame = { ...frameOf(RUNS.slice(0, 2), 50), head: 20 };
    expect(draw(frame)).toBeGreaterThan(20);
    expect(draw({ ...frame, head: 21 })).toBeLessThanOrEqual(2);
    expect(drawn.count('clearRect')).toBe(0);
    expect(draw({ ...frame, head: 21 })).toBe(0);
  });

  it('draws everything again when scrubbing back, after an edit, and when the view moves', () => {
    const frame = { ...frameOf(RUNS.slice(0, 1), 50), head: 30 };
    draw(frame);
    draw({ ...frame, head: 10 });
    expect(drawn.count('clearRect')).toBe(1);
    draw({ ...frame, head: 10, recording: { ...frame.recording, epoch: 2 } });
    expect(drawn.count('clearRect')).toBe(1);
    paths.invalidate();
    draw({ ...frame, head: 10, recording: { ...frame.recording, epoch: 2 } });
    expect(drawn.count('clearRect')).toBe(1);
  });

  it('draws no hidden run', () => {
    const frame = { ...frameOf(RUNS.slice(0, 2), 50), head: 30 };
    const both = draw(frame);
    const one = draw({ ...frame, visible: [true, false] });
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(both);
  });

  it('draws a branch from the step where it left the other run, and whole where that one is hidden', () => {
    const frame = frameOf(RUNS.slice(0, 2), 50);
    const [first, second] = frame.experiment.runs;
    if (!first || !second) throw new Error('two runs');
    const runs = [first, { ...second, fork: { run: 0, step: 20 } }];
    const forked = { ...frame, experiment: { ...frame.experiment, runs } };
    const alone = draw({ ...forked, head: 20, visible: [true, false] });
    expect(draw({ ...forked, head: 20 })).toBe(alone);
    expect(draw({ ...forked, head: 30 }) - draw({ ...forked, head: 30, visible: [true, false] })).toBeLessThanOrEqual(11);
    expect(draw({ ...forked, head: 30, visible: [false, true] })).toBeGreaterThan(20);
  });

  it('leaves out records nearer than a pixel', () => {
    const frame = { ...frameOf(LASTING_RUNS.slice(0, 1), 2000), head: 2000 };
    expect(draw(frame)).toBeLessThan(700);
  });

  it('gives the canvas no coordinate far beyond the plot, however far a run has gone', () => {
    const frame = { ...frameOf([{ lr: 0.9, momentum: 0, normalised: false }], 2000), head: 2000 };
    const track = frame.recording.tracks[0];
    expect(track?.divergedAt).not.toBeNull();
    draw(frame);
    const seen = drawn.coordinates();
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((value) => Math.abs(value) <= 340 + MARGIN + 1)).toBe(true);
  });

  it('passes through the place to which an edit has moved a run, and draws the jump dashed', () => {
    const frame = { ...frameOf(RUNS.slice(0, 1), 50), head: 20 };
    const params = [3, -2];
    const move = { run: 0, step: 20, dim: 2, params, loss: [1] as const, grad: [0, 0], gradNorm: 0 };
    const jumped: DrawState = { ...frame, moves: [move] };
    const at = (x: number, y: number): [number, number] => [40 + ((x + 4) / 8) * 300, 10 + ((4 - y) / 8) * 300];
    draw(jumped); // at rest, on the step of the edit
    const [before, after] = [frame.recording.tracks[0]?.params.subarray(40, 42) as Float64Array, at(3, -2)];
    const dashed = drawn.calls.findIndex(([name, dash]) => name === 'setLineDash' && (dash as number[]).length > 0);
    expect(drawn.calls[dashed - 2]).toEqual(['moveTo', ...at(before[0] as number, before[1] as number)]);
    expect(drawn.calls[dashed - 1]).toEqual(['lineTo', ...after]);
    draw({ ...jumped, head: 21 }); // the path goes on from there, and the jump is not drawn again
    expect(drawn.calls.find(([name]) => name === 'moveTo')).toEqual(['moveTo', ...after]);
    expect(drawn.calls.some(([name, dash]) => name === 'setLineDash' && (dash as number[]).length > 0)).toBe(false);
    draw({ ...frame, head: 21 }); // taken back
    expect(drawn.count('clearRect')).toBe(1);
    expect(drawn.calls.some(([name, dash]) => name === 'setLineDash' && (dash as number[]).length > 0)).toBe(false);
  });

  it('draws a run that diverges to and fro fainter and fainter, and at last not at all', () => {
    const frame = frameOf([{ run: 0, start: [-2.5, 2.5], lr: 0.25 } as unknown as FakeRun], 40);
    const points = [[-3, 1], [-2, -3], ...Array.from({ length: 36 }, (_, k) => [-1 + k / 36, 5 * 1.3 ** k * (k % 2 ? -1 : 1)])];
    const [track] = frame.recording.tracks;
    Object.assign(track as object, { params: Float64Array.from(points.flat()), length: points.length, dim: 2 });
    const opacities: number[] = [];
    const set = Object.getOwnPropertyDescriptor(drawn.layer.context, 'globalAlpha');
    Object.defineProperty(drawn.layer.context, 'globalAlpha', { set: (value: number) => value < 1 && opacities.push(value), configurable: true });
    draw({ ...frame, head: points.length - 1 });
    if (set) Object.defineProperty(drawn.layer.context, 'globalAlpha', set);
    expect(opacities.length).toBeGreaterThan(4);
    expect(opacities.length).toBeLessThan(12);
    opacities.slice(1).forEach((opacity, n) => expect(opacity).toBeLessThan(opacities[n] as number));
    expect(drawn.count('lineTo')).toBeLessThan(16);
  });

  it('draws a run of one parameter on its curve', () => {
    const track = fakeTrack(SURFACES['square'] as (typeof SURFACES)[string], { lr: 0.1, momentum: 0, normalised: false }, 3);
    const curve = { ...view, x0: -2, x1: 6, y0: 0, y1: 16 };
    const frame: DrawState = { ...frameOf(RUNS.slice(0, 1), 3), recording: { tracks: [track], last: 3, epoch: 1 }, head: 3 };
    drawn.reset();
    new Paths(drawn.layer, curve).draw(frame, theme, mapProjection(curve));
    const [, x, y] = drawn.calls.find(([name]) => name === 'moveTo') ?? [];
    expect(x).toBeCloseTo(40 + ((5.5 + 2) / 8) * 300, 6);
    expect(y).toBeCloseTo(10 + (1 - 12.25 / 16) * 300, 6);
  });
});
