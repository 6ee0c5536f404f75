/** Where neurons and links are drawn, in CSS pixels. */
import { linksTo, type Column, type Link, type Neuron } from './net';

/** Of a line of text: one is above the columns, one below the inputs and outputs where there is room. */
export const TEXT_HEIGHT = 16;
const LARGEST = 64;
/** Beside the outer columns. */
const MARGIN = 10;
/** Of the room between two neurons. */
const SHARE = 0.76;
const SHARE_ACROSS = 0.5;
/** A pointer this near counts, CSS pixels. */
const NEAR = 4;

export interface NetLayout {
  readonly columns: readonly Column[];
  /** Side of a neuron's square. */
  readonly size: number;
  /** Of each column: the middle, and the middle of its first neuron, and the distance from one to the next. */
  readonly places: readonly { readonly x: number; readonly top: number; readonly pitch: number }[];
  readonly links: readonly Link[];
  /** Of a line of text. */
  readonly textHeight: number;
  /** Room below a neuron of the outer columns for its name. */
  readonly named: boolean;
}

export function layOut(columns: readonly Column[], width: number, height: number, textHeight = TEXT_HEIGHT): NetLayout {
  const most = Math.max(1, ...columns.map(({ size }) => size));
  const room = Math.max(0, height - textHeight);
  const across = (width - 2 * MARGIN) / Math.max(1, columns.length - 1 + SHARE_ACROSS);
  const size = Math.max(3, Math.min(LARGEST, SHARE * (room / most), SHARE_ACROSS * across));
  const gap = columns.length > 1 ? (width - 2 * MARGIN - size) / (columns.length - 1) : 0;
  const places = columns.map((column, n) => {
    // Few neurons are not spread over all of the height.
    const pitch = Math.min(room / column.size, 2.4 * size);
    return { x: MARGIN + size / 2 + n * gap, top: textHeight + room / 2 - (pitch * (column.size - 1)) / 2, pitch };
  });
  const outer = [places[0], places.at(-1)].map((place) => place?.pitch ?? 0);
  const links = columns.flatMap(({ size: rows }, column) =>
    column === 0 ? [] : Array.from({ length: rows }, (_, row) => linksTo(columns, { column, row })).flat(),
  );
  return { columns, size, places, links, textHeight, named: Math.min(...outer) >= size + textHeight };
}

/** The middle of a neuron. */
export function middleOf({ places }: NetLayout, { column, row }: Neuron): readonly [x: number, y: number] {
  const { x, top, pitch } = places[column] as NetLayout['places'][number];
  return [x, top + row * pitch];
}

/** From the right edge of one neuron to the left edge of another: a Bézier curve with both control points at the middle's x. */
export function endsOf(layout: NetLayout, { to, from }: Link): readonly [x0: number, y0: number, x1: number, y1: number] {
  const [x0, y0] = middleOf(layout, { column: to.column - 1, row: from });
  const [x1, y1] = middleOf(layout, to);
  return [x0 + layout.size / 2, y0, x1 - layout.size / 2, y1];
}

/** Line width of a weight: grows with its size, slower for large ones. size: side of a neuron. */
export function widthOf(weight: number, size: number): number {
  const share = Math.abs(weight) / (Math.abs(weight) + 2);
  return (0.5 + 8 * share) * Math.min(1.25, Math.max(0.4, size / 32));
}

export function neuronAt(layout: NetLayout, x: number, y: number): Neuron | null {
  const reach = layout.size / 2 + NEAR;
  for (let column = 0; column < layout.columns.length; column += 1) {
    const place = layout.places[column] as NetLayout['places'][number];
    if (Math.abs(x - place.x) > reach) continue;
    const row = Math.round((y - place.top) / place.pitch);
    const { size } = layout.columns[column] as Column;
    if (row >= 0 && row < size && Math.abs(y - place.top - row * place.pitch) <= reach) return { column, row };
  }
  return null;
}

/** The nearest link at a point. params: all parameters. */
export function linkAt(layout: NetLayout, x: number, y: number, params: ArrayLike<number>): Link | null {
  let [nearest, least] = [null as Link | null, Number.POSITIVE_INFINITY];
  for (const link of layout.links) {
    const [x0, y0, x1, y1] = endsOf(layout, link);
    if (x < x0 || x > x1) continue;
    const off = Math.abs(y - heightAt((x - x0) / (x1 - x0), y0, y1)) - widthOf(params[link.index] ?? 0, layout.size) / 2;
    if (off <= NEAR && off < least) [nearest, least] = [link, off];
  }
  return nearest;
}

/** y of the curve at a share of its way from x0 to x1. */
function heightAt(share: number, y0: number, y1: number): number {
  // x is 3/2·t(1-t) + t³, which rises with t; the middle control points are at 1/2.
  let [low, high] = [0, 1];
  for (let n = 0; n < 20; n += 1) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < share) low = t;
    else high = t;
  }
  return y0 + (y1 - y0) * low * low * (3 - 2 * low);
}
