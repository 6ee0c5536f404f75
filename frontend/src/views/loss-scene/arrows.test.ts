// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import { recordingCanvas } from '../../render/canvas/recording-canvas.testing';
import type { Theme } from '../../render/colours/theme-colours';
import { emptyViewport, toX, toY, type Viewport } from '../../render/viewport/viewport';
import { drawStepArrows, MIN_LENGTH, scaleFor } from './arrows';
import { mapProjection } from './projection';
import { StepArrows } from './step-arrows.svelte';

describe('the scale of arrows', () => {
  it('is 1, 2 or 5 times a power of ten, and what it draws can be seen and fits', () => {
    for (let exponent = -12; exponent <= 12; exponent += 0.37) {
      const pixels = 10 ** exponent;
      const scale = scaleFor(1, pixels, 150);
      expect(pixels * scale).toBeGreaterThanOrEqual(MIN_LENGTH);
      expect(pixels * scale).toBeLessThanOrEqual(150);
      const digit = scale / 10 ** Math.floor(Math.log10(scale) + 1e-9);
      expect([1, 2, 5].some((one) => Math.abs(digit - one) < 1e-6)).toBe(true);
    }
  });

  it('stays while the arrow can be seen and fits', () => {
    expect(scaleFor(0.02, 1000, 150)).toBe(0.02);
    expect(scaleFor(0.02, MIN_LENGTH / 0.02, 150)).toBe(0.02);
    expect(scaleFor(0.02, MIN_LENGTH / 0.021, 150)).not.toBe(0.02);
    expect(scaleFor(0.02, 151 / 0.02, 150)).not.toBe(0.02);
  });
});

const VIEW: Viewport = { ...emptyViewport(), left: 0, top: 0, width: 400, height: 300, x0: -2, x1: 2, y0: -1.5, y1: 1.5 };
const THEME = { panel: 'panel', gradient: 'red', momentum: 'violet', update: 'black' } as Theme;
const arrows = new StepArrows();

function recorded(head: number): { frame: DrawState; track: Track } {
  const track = {
    length: 3, dim: 2, params: Float64Array.of(0, 0, 0.5, 0.5, 0.4, 0.3), grad: Float64Array.of(0, 0, 3, -4, 1, 1),
    update: Float64Array.of(0, 0, 0.5, 0.5, -0.1, -0.2),
  } as unknown as Track;
  const frame = { selected: 0, head, visible: [true], moves: [], recording: { tracks: [track] } } as unknown as DrawState;
  return { frame, track };
}

/** Where each arrow's tip is, by colour. */
function tips(k = 1): Record<string, [number, number]> {
  const { layer, calls } = recordingCanvas();
  const found: Record<string, [number, number]> = {};
  const { frame, track } = recorded(k);
  const context = layer.context as unknown as Record<string, unknown>;
  const [x, y] = [toX(VIEW, track.params[2 * k] as number), toY(VIEW, track.params[2 * k + 1] as number)];
  context['fill'] = () => {
    const start = calls.findLast(([name]) => name === 'moveTo') as [string, number, number];
    found[context['fillStyle'] as string] = [start[1] - x, start[2] - y];
  };
  drawStepArrows(layer.context, VIEW, frame, THEME, mapProjection(VIEW), arrows);
  return found;
}

describe('arrows of a step', () => {
  afterEach(() => {
    arrows.vectors = null;
    if (!arrows.on) arrows.toggle();
  });

  it('draws gradient uphill and update as recorded, with the scales that the key shows', () => {
    const { red, black, violet } = tips();
    const { gradient, update, momentum } = arrows.scales;
    expect(red).toEqual([3 * 100 * gradient, 4 * 100 * gradient].map((value) => expect.closeTo(value, 6)));
    expect(black).toEqual([-0.1 * 100 * update, 0.2 * 100 * update].map((value) => expect.closeTo(value, 6)));
    expect(update).toBe(1);
    expect(violet).toBeUndefined();
    expect(momentum).toBe(0);
  });

  it('draws momentum from the lines, on the gradient’s scale, and only for the step on screen', () => {
    arrows.vectors = { run: 0, step: 1, start: [0.5, 0.5], vectors: { gradient: [3, -4], momentum: [2, 0], update: [-0.2, 0.4] } };
    const { violet, black } = tips();
    expect(arrows.scales.momentum).toBe(arrows.scales.gradient);
    expect(violet).toEqual([expect.closeTo(200 * arrows.scales.momentum, 6), expect.closeTo(0, 6)]);
    expect(black).toEqual([expect.closeTo(-20, 6), expect.closeTo(-40, 6)]);
    arrows.vectors = { ...arrows.vectors, step: 0 };
    expect(tips()['violet']).toBeUndefined();
    arrows.vectors = { ...arrows.vectors, step: 1, run: 1 };
    expect(tips()['violet']).toBeUndefined();
  });

  it('shows the update to come where no next record is known', () => {
    expect(tips(2)['black']).toBeUndefined();
    arrows.vectors = { run: 0, step: 2, start: [0.4, 0.3], vectors: { update: [0.3, 0] } };
    expect(tips(2)['black']).toEqual([expect.closeTo(30, 6), expect.closeTo(0, 6)]);
  });

  it('ends within the plot', () => {
    for (const gradient of [[3, -4], [-7, 0.1], [0, 5], [0.01, 0.02]]) {
      arrows.vectors = { run: 0, step: 1, start: [1.5, 1], vectors: { gradient, momentum: [9, 9] } };
      const drawn = Object.values(tips());
      expect(drawn.length).toBeGreaterThan(1);
      const at = [toX(VIEW, 0.5), toY(VIEW, 0.5)] as const; // tips are counted from the record, not from where it was moved
      for (const [dx, dy] of drawn) {
        expect(at[0] + dx).toBeLessThanOrEqual(400);
        expect(at[0] + dx).toBeGreaterThanOrEqual(0);
        expect(at[1] + dy).toBeGreaterThanOrEqual(0);
        expect(at[1] + dy).toBeLessThanOrEqual(300);
      }
    }
  });

  it('begins where an edit has moved the point to', () => {
    arrows.vectors = { run: 0, step: 1, start: [1.5, 0.5], vectors: { update: [0.3, 0] } };
    expect(tips()['black']).toEqual([expect.closeTo(100 + 30, 6), expect.closeTo(0, 6)]);
  });

  it('draws nothing when switched off, and remembers that', () => {
    arrows.toggle();
    expect(tips()).toEqual({});
    expect(localStorage.getItem('steepest.arrows')).toBe('off');
    arrows.toggle();
    expect(Object.keys(tips())).toContain('red');
  });
});
