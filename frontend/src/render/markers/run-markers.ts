import { markOf } from './run-marks.svelte';

/**
 * One marker shape a run, so that colour is never the only difference. SVG path data around (0, 0), radius about 1, for
 * canvases (`new Path2D`) and SVG (`<path d>`) alike.
 */
export const MARKERS = [
  'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z', // circle
  'M-.88 -.88H.88V.88H-.88Z', // square
  'M0 -1.15L1.1 .8H-1.1Z', // triangle up
  'M0 -1.2L1.1 0L0 1.2L-1.1 0Z', // diamond
  'M0 1.15L1.1 -.8H-1.1Z', // triangle down
  'M-.4 -1.1H.4V-.4H1.1V.4H.4V1.1H-.4V.4H-1.1V-.4H-.4Z', // plus
  'M0 -1.15L1.1 -.36L.68 .93H-.68L-1.1 -.36Z', // pentagon
  'M0 -1.3L.38 -.42L1.3 -.42L.58 .18L.82 1.12L0 .55L-.82 1.12L-.58 .18L-1.3 -.42L-.38 -.42Z', // star
] as const;

export function markerOf(mark: number): string {
  return MARKERS[mark % MARKERS.length] as string;
}

let paths: Path2D[] | undefined;

/** A run's marker, filled and with a rim; centre and radius in CSS pixels. */
export function drawMarker(context: CanvasRenderingContext2D, run: number, x: number, y: number, radius: number, fill: string, rim: string): void {
  paths ??= MARKERS.map((data) => new Path2D(data));
  const path = paths[markOf(run) % paths.length] as Path2D;
  context.save();
  context.translate(x, y);
  context.scale(radius, radius);
  context.lineWidth = 3 / radius;
  context.strokeStyle = rim;
  context.stroke(path);
  context.fillStyle = fill;
  context.fill(path);
  context.restore();
}
