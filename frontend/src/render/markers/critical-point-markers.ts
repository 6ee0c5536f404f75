/**
 * One marker shape a kind of critical point, the same on the map, in 3-D, in the key and on the timeline. SVG path data
 * around (0, 0), radius about 1. They are drawn as outlines, so that they differ from the runs' filled markers.
 */
import type { CriticalPoint } from '../../core/protocol/wire';
import type { Theme } from '../colours/theme-colours';

export type Kind = CriticalPoint['kind'];

export const KINDS = ['minimum', 'saddle', 'maximum', 'degenerate'] as const satisfies readonly Kind[];

export const GLYPHS: Readonly<Record<Kind, string>> = {
  minimum: 'M0 -1.15L.31 -.36L1.15 -.36L.48 .16L.71 .98L0 .48L-.71 .98L-.48 .16L-1.15 -.36L-.31 -.36Z', // star
  saddle: 'M-1 -.9L1 .9V-.9L-1 .9Z', // bow tie
  maximum: 'M0 -1L1 .75H-1Z', // triangle
  degenerate: 'M0 -1.1L1 0L0 1.1L-1 0Z', // diamond
};

const RADIUS = 6;

let paths: Record<Kind, Path2D> | undefined;

/** The marker of a critical point; centre in CSS pixels. opacity: 0..1. */
export function drawCriticalPoint(context: CanvasRenderingContext2D, kind: Kind, x: number, y: number, theme: Theme, opacity = 1): void {
  paths ??= Object.fromEntries(KINDS.map((one) => [one, new Path2D(GLYPHS[one])])) as Record<Kind, Path2D>;
  const path = paths[kind];
  const radius = RADIUS * theme.strokeScale;
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.lineJoin = 'round';
  context.globalAlpha = 0.85 * opacity;
  context.lineWidth = 3.5 / RADIUS;
  context.strokeStyle = theme.panel;
  context.stroke(path);
  context.globalAlpha = opacity;
  context.fillStyle = theme.panel;
  context.fill(path);
  context.lineWidth = 1.5 / RADIUS;
  context.strokeStyle = theme.text;
  context.stroke(path);
  context.restore();
}
