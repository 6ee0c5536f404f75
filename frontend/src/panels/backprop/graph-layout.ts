/** Layout of a graph in CSS pixels, one column a layer. */
import type { GraphAnswer } from '../../core/protocol/wire';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Placed {
  readonly width: number;
  readonly height: number;
  /** Pixels of a node's half width and half height. */
  readonly half: readonly [number, number];
  readonly nodes: readonly Spot[];
  /** An SVG path from node to node, and the label's position. */
  readonly edges: readonly { readonly path: string; readonly label: Spot }[];
}

const COLUMN = 122;
const ROW = 62;
const HALF: readonly [number, number] = [30, 22];
const PAD = 8;

export function placed({ nodes, edges }: Pick<GraphAnswer, 'nodes' | 'edges'>): Placed {
  const columns: number[][] = [];
  nodes.forEach(({ layer }, n) => (columns[layer] ??= []).push(n));
  const tallest = Math.max(...columns.map((column) => column?.length ?? 0));
  const height = tallest * ROW + 2 * PAD;
  const width = (columns.length - 1) * COLUMN + 2 * HALF[0] + 2 * PAD;
  const spots: Spot[] = [];
  columns.forEach((column, layer) => {
    column.forEach((n, place) => {
      spots[n] = { x: PAD + HALF[0] + layer * COLUMN, y: height / 2 + (place - (column.length - 1) / 2) * ROW };
    });
  });
  return { width, height, half: HALF, nodes: spots, edges: edges.map((edge, n) => line(edges, n, spots[edge.start] as Spot, spots[edge.end] as Spot)) };
}

/** Two edges between the same two nodes curve apart; an edge across a column curves around its nodes. */
function line(edges: GraphAnswer['edges'], n: number, from: Spot, to: Spot): Placed['edges'][number] {
  const { start, end } = edges[n] as GraphAnswer['edges'][number];
  const same = edges.filter((edge) => edge.start === start && edge.end === end).length;
  const before = edges.slice(0, n).filter((edge) => edge.start === start && edge.end === end).length;
  const [x0, x1] = [from.x + HALF[0], to.x - HALF[0]];
  const far = to.x - from.x > COLUMN + 1 && Math.abs(to.y - from.y) < 1;
  const bow = (before - (same - 1) / 2) * 44 + (far ? -ROW : 0);
  const [mx, my] = [(x0 + x1) / 2, (from.y + to.y) / 2 + bow];
  // Off the middle, where labels of edges from one node to several others would overlap.
  const label = bow === 0 ? { x: x0 + (x1 - x0) * 0.42, y: from.y + (to.y - from.y) * 0.42 } : { x: mx, y: (from.y + to.y) / 2 + bow / 2 };
  return { path: bow === 0 ? `M${x0} ${from.y}L${x1} ${to.y}` : `M${x0} ${from.y}Q${mx} ${my} ${x1} ${to.y}`, label };
}

/** `z1,2` as a letter and its subscript. */
export function parted(name: string): [string, string] {
  const [, letter = name, lower = ''] = /^([^\d]+)([\d,]*)$/.exec(name) ?? [];
  return [letter, lower];
}
