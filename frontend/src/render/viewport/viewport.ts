/** From data to pixels: Plotly's two axes as plain numbers, copied once a change and read at every point drawn. */

export interface Viewport {
  /** Of the plot area within the stage, CSS pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** What the edges show, in axis units (log10 of the data on a logarithmic axis). */
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  yLog: boolean;
}

/** What is read of a Plotly axis; `_offset` and `_length` are pixels and not in its public types. */
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
  const [x0, x1] = [Number(x.range[0]), Number(x.range[1])];
  const [y0, y1] = [Number(y.range[0]), Number(y.range[1])];
  const yLog = y.type === 'log';
  const same =
    into.left === x._offset && into.top === y._offset && into.width === x._length && into.height === y._length &&
    into.x0 === x0 && into.x1 === x1 && into.y0 === y0 && into.y1 === y1 && into.yLog === yLog;
  if (same) return false;
  into.left = x._offset;
  into.top = y._offset;
  into.width = x._length;
  into.height = y._length;
  into.x0 = x0;
  into.x1 = x1;
  into.y0 = y0;
  into.y1 = y1;
  into.yLog = yLog;
  return true;
}

/** Data to CSS pixels within the stage. */
export function toX(view: Viewport, x: number): number {
  return view.left + ((x - view.x0) / (view.x1 - view.x0)) * view.width;
}

export function toY(view: Viewport, y: number): number {
  const value = view.yLog ? Math.log10(y) : y;
  return view.top + (1 - (value - view.y0) / (view.y1 - view.y0)) * view.height;
}

/** CSS pixels within the stage to data. */
export function fromX(view: Viewport, px: number): number {
  return view.x0 + ((px - view.left) / view.width) * (view.x1 - view.x0);
}

export function fromY(view: Viewport, py: number): number {
  const value = view.y0 + (1 - (py - view.top) / view.height) * (view.y1 - view.y0);
  return view.yLog ? 10 ** value : value;
}

export function within(view: Viewport, px: number, py: number): boolean {
  return px >= view.left && px <= view.left + view.width && py >= view.top && py <= view.top + view.height;
}

/**
 * The ranges that show `bounds` in a box of the given pixels with one scale on both axes, so that the gradient stands at
 * a right angle to the contours. Only ever wider than asked; where the shapes differ by more than `limit`, each axis
 * keeps its own scale.
 */
export function fitRanges(
  bounds: readonly (readonly [number, number])[],
  width: number,
  height: number,
  limit = 4,
): [[number, number], [number, number]] {
  const [x0, x1] = bounds[0] ?? [0, 1];
  const [y0, y1] = bounds[1] ?? [0, 1];
  const perX = (x1 - x0) / width;
  const perY = (y1 - y0) / height;
  const ratio = Math.max(perX, perY) / Math.min(perX, perY);
  if (!(ratio <= limit)) return [[x0, x1], [y0, y1]];
  const scale = Math.max(perX, perY);
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [
    [mx - (scale * width) / 2, mx + (scale * width) / 2],
    [my - (scale * height) / 2, my + (scale * height) / 2],
  ];
}
