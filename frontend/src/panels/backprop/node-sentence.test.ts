import { expect, test } from 'vitest';
import { parted, placed } from './graph-layout';
import { nodeAt, describeNode, describeParameters, stageCount } from './node-sentence';

const node = (name: string, layer: number, value: number, gradient: number, rest = {}) => ({
  name, kind: 'operation' as const, rule: '', layer, value, gradient, bias: null, bias_gradient: null, ...rest,
});
const edge = (start: number, end: number, local: number, rest = {}) => ({ start, end, local, weight: null, weight_gradient: null, ...rest });

/** The notes' example. */
const graph = {
  nodes: [
    node('a', 0, 2, 2, { kind: 'variable' }),
    node('b', 0, 1, 5, { kind: 'variable' }),
    node('c', 1, 3, 2, { rule: 'a + b' }),
    node('d', 1, 2, 3, { rule: 'b + 1' }),
    node('e', 2, 6, 1, { kind: 'output', rule: 'c * d' }),
  ],
  edges: [edge(0, 2, 1), edge(1, 2, 1), edge(1, 3, 1), edge(2, 4, 2), edge(3, 4, 3)],
};

test('the way goes through every node forward and then back', () => {
  expect(stageCount(graph)).toBe(10);
  const way = Array.from({ length: 11 }, (_, place) => nodeAt(graph, place));
  expect(way[0]).toBeNull();
  expect(way.slice(1).map((at) => at?.node)).toEqual([0, 1, 2, 3, 4, 4, 3, 2, 1, 0]);
  expect(way.slice(1).map((at) => at?.back)).toEqual([...Array<boolean>(5).fill(false), ...Array<boolean>(5).fill(true)]);
});

test('what happens at a node is told with its numbers', () => {
  expect(describeNode(graph, 0, false)).toBe('a = 2 is given.');
  expect(describeNode(graph, 2, false)).toBe('c = a + b = 3');
  expect(describeNode(graph, 4, true)).toBe('∂e/∂e = 1: here the way back begins.');
  expect(describeNode(graph, 1, true)).toBe('∂e/∂b = 2·1 + 3·1 = 5');
});

test('a neuron is told as its weighted sum, and its parameters with their gradients', () => {
  const net = {
    nodes: [node('x1', 0, -2, 1, { kind: 'variable' }), node('z1,1', 1, 4.5, 1, { rule: 'Σ', bias: 0.5, bias_gradient: 1 })],
    edges: [edge(0, 1, -2, { weight: -2, weight_gradient: -2 })],
  };
  expect(describeNode(net, 1, false)).toBe('z1,1 = (−2)·(−2) + 0.5 = 4.5');
  expect(describeParameters(net, 1)).toEqual(['weight from x1: −2, ∂z1,1/∂w = −2', 'bias: 0.5, ∂z1,1/∂b = 1']);
  expect(describeParameters(net, 0)).toEqual([]);
});

test('nodes stand in columns by layer, and two edges between the same nodes bow apart', () => {
  const { nodes, edges } = placed({ nodes: [node('a', 0, 1, 2), node('b', 1, 1, 1)], edges: [edge(0, 1, 1), edge(0, 1, 1)] });
  expect(nodes[0]?.x).toBeLessThan(nodes[1]?.x ?? 0);
  expect(edges[0]?.path).not.toBe(edges[1]?.path);
  expect(edges[0]?.label.y).toBeLessThan(edges[1]?.label.y ?? 0);
  expect(new Set(placed(graph).nodes.map(({ x }) => x)).size).toBe(3);
  expect(parted('z1,2')).toEqual(['z', '1,2']);
  expect(parted('ŷ')).toEqual(['ŷ', '']);
});
