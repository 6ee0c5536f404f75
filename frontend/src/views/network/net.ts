/** A net of linear layers as columns of neurons, with the place of each weight among all parameters. */
import type { Layer } from '../../core/protocol/wire';

export interface Column {
  /** Inputs, or neurons. */
  readonly size: number;
  /** Index of the first weight: that from input `k` to neuron `n` is at `weights + n * (size of the column before) + k`. -1 for inputs. */
  readonly weights: number;
  /** Index of the first neuron's bias; -1 where there are none. */
  readonly biases: number;
}

/** A neuron, or an input: column 0 has the inputs. */
export interface Neuron {
  readonly column: number;
  readonly row: number;
}

/** The weight to a neuron from one of the column before. */
export interface Link {
  readonly to: Neuron;
  readonly from: number;
  /** Of the weight, among all parameters. */
  readonly index: number;
}

/** Inputs first. Empty for a model of other layers than linear ones. */
export function columnsOf(layers: readonly Layer[]): readonly Column[] {
  const columns: Column[] = [];
  let first = 0;
  for (const { shape, weight } of layers) {
    const [size = 0, inputs = 0] = shape;
    if (weight && shape.length !== 2) return [];
    if (weight && columns.length === 0) columns.push({ size: inputs, weights: -1, biases: -1 });
    if (weight) columns.push({ size, weights: first, biases: -1 });
    else columns[columns.length - 1] = { ...(columns.at(-1) as Column), biases: first };
    first += shape.reduce((product, length) => product * length, 1);
  }
  return columns;
}

/** The place of a neuron among all, inputs first. */
export function placeOf(columns: readonly Column[], { column, row }: Neuron): number {
  return columns.slice(0, column).reduce((sum, { size }) => sum + size, 0) + row;
}

/** The links to a neuron, in the order of the column before. */
export function linksTo(columns: readonly Column[], to: Neuron): readonly Link[] {
  const { weights } = columns[to.column] as Column;
  const { size = 0 } = columns[to.column - 1] ?? {};
  return Array.from({ length: size }, (_, from) => ({ to, from, index: weights + to.row * size + from }));
}

/** Index of a neuron's bias among all parameters; -1 where it has none. */
export function biasOf(columns: readonly Column[], { column, row }: Neuron): number {
  const { biases } = columns[column] as Column;
  return biases < 0 ? -1 : biases + row;
}

export function sameNeuron(one: Neuron | null, other: Neuron | null): boolean {
  return one?.column === other?.column && one?.row === other?.row;
}

/** The neuron that an arrow key leads to; null for another key. From none: the first of the first layer. */
export function neuronByKey(columns: readonly Column[], at: Neuron | null, key: string): Neuron | null {
  const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  if (!move) return null;
  if (!at) return { column: 1, row: 0 };
  const column = Math.min(columns.length - 1, Math.max(0, at.column + (move[0] as number)));
  const [before, after] = [columns[at.column] as Column, columns[column] as Column];
  // To the side: about as far down as before.
  const level = column === at.column ? at.row + (move[1] as number) : Math.round(((at.row + 0.5) / before.size) * after.size - 0.5);
  return { column, row: Math.min(after.size - 1, Math.max(0, level)) };
}
