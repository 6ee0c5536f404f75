/** From data to pixels: Plotly's two axes as plain numbers, copied at each change and read at every point drawn. */

export type Interval = readonly [number, number];
export const UNIT: Interval = [0, 1];

/** CSS pixels within the host. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The plot area, and the axis units at its edges (log10 of the data on a logarithmic axis). */
export interface Viewport extends Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  yLog: boolean;
}

/** Fields of a Plotly axis; `_offset` and `_length` are pixels and not in its public types. */
interface Axis {
  _offset: number;
  _length: number;
  range: [number, number];
  type: string;
}

export function emptyViewport(): Viewport {
  return { left: 0, top: 0, width: 0, height: 0, x0: 0, x1: 1, y0: 0, y1: 1, yLog: false };
}

/** Copies the axes of a drawn plot into `into`; false when there are none, or nothing changed. */
export function readViewport(plot: HTMLElement, into: Viewport, yaxis = 'yaxis'): boolean {
  const layout = (plot as { _fullLayout?: Record<string, Axis | undefined> })._fullLayout;
  const x = layout?.['xaxis'];
  const y = layout?.[yaxis];
  if (!x || !y || !(x._length > 0) || !(y._length > 0)) return false;
  const now: Viewport = {
    left: x._offset, top: y._offset, width: x._length, height: y._length,
    x0: Number(x.range[0]), x1: Number(x.range[1]), y0: Number(y.range[0]), y1: Number(y.range[1]), yLog: y.type === 'log',
  };
  if ((Object.keys(now) as (keyof Viewport)[]).every((key) => now[key] === into[key])) return false;
  Object.assign(into, now);
  return true;
}

/** Data to CSS pixels within the host. */
export function toX(view: Viewport, x: number): number {
  return view.left + ((x - view.x0) / (view.x1 - view.x0)) * view.width;
}

export function toY(view: Viewport, y: number): number {
  const value = view.yLog ? Math.log10(y) : y;
  return view.top + (1 - (value - view.y0) / (view.y1 - view.y0)) * view.height;
}

/** CSS pixels within the host to data. */
export function fromX(view: Viewport, px: number): number {
  return view.x0 + ((px - view.left) / view.width) * (view.x1 - view.x0);
}

export function fromY(view: Viewport, py: number): number {
  const value = view.y0 + (1 - (py - view.top) / view.height) * (view.y1 - view.y0);
  return view.yLog ? 10 ** value : value;
}

/** Rounds a coordinate to the digits that a pixel is worth, so that the number typed back in is the same point. */
export function roundToPixel(value: number, unitsPerPixel: number): number {
  return Number(value.toFixed(Math.min(12, Math.max(0, Math.ceil(-Math.log10(Math.abs(unitsPerPixel)))))));
}

/** CSS pixels within the host. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export function placeOf({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }, host: HTMLElement): Place {
  const box = host.getBoundingClientRect();
  return { x: clientX - box.left, y: clientY - box.top };
}

export function within(box: Box, px: number, py: number): boolean {
  return px >= box.left && px <= box.left + box.width && py >= box.top && py <= box.top + box.height;
}

/**
 * The ranges that show `bounds` in a box of the given pixels with one scale on both axes, so that the gradient is
 * perpendicular to the contours. They are never narrower than `bounds`; where the scales differ by more than a factor of
 * `limit`, each axis keeps its own.
 */
export function fitRanges(
  bounds: readonly Interval[], width: number, height: number, limit = 4,
): [[number, number], [number, number]] {
  const [[x0, x1] = UNIT, [y0, y1] = UNIT] = bounds;
  const [perX, perY] = [(x1 - x0) / width, (y1 - y0) / height];
  const scale = Math.max(perX, perY);
  if (!(scale / Math.min(perX, perY) <= limit)) return [[x0, x1], [y0, y1]];
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [
    [mx - (scale * width) / 2, mx + (scale * width) / 2],
    [my - (scale * height) / 2, my + (scale * height) / 2],
  ];
}
