/** The computation at one node of a graph, in one line. */
import type { GraphAnswer } from '../../core/protocol/wire';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

type Graph = Pick<GraphAnswer, 'nodes' | 'edges'>;
type Real = GraphAnswer['nodes'][number]['value'];

/** A number with few digits. */
export function figure(value: Real | null, digits = 4): string {
  return formatNumber(Number(value), digits);
}

/** A factor of a product; negative numbers in parentheses. */
function factor(value: Real): string {
  const text = figure(value);
  return text.startsWith('−') ? `(${text})` : text;
}

/** Stages of the computation: 0 before it begins, then each node forward, then each node backward. */
export function stageCount(graph: Graph): number {
  return 2 * graph.nodes.length;
}

/** The node at a stage, and whether it is the backward pass; null at the beginning. */
export function nodeAt(graph: Graph, place: number): { node: number; back: boolean } | null {
  const count = graph.nodes.length;
  if (place <= 0) return null;
  return place <= count ? { node: place - 1, back: false } : { node: 2 * count - place, back: true };
}

export function describeNode(graph: Graph, node: number, back: boolean): string {
  const { nodes, edges } = graph;
  const one = nodes[node];
  const out = nodes.at(-1)?.name ?? '';
  if (!one) return '';
  const value = figure(back ? one.gradient : one.value);
  if (back && node === nodes.length - 1) return t('backprop.seed', { out });
  if (back) {
    const parts = edges.filter(({ start }) => start === node).map(({ end, local }) => `${factor(nodes[end]?.gradient ?? 0)}·${factor(local)}`);
    return t('backprop.chain', { out, name: one.name, sum: parts.join(' + ') || '0', value });
  }
  if (one.kind === 'variable') return t('backprop.given', { name: one.name, value });
  const weighted = edges.filter(({ end, weight }) => end === node && weight !== null);
  if (weighted.length === 0) return t('backprop.made', { name: one.name, rule: one.rule, value });
  const sum = weighted.map(({ start, weight }) => `${factor(weight as Real)}·${factor(nodes[start]?.value ?? 0)}`).join(' + ');
  const bias = one.bias === null ? '' : ` + ${factor(one.bias)}`;
  return t('backprop.made.sum', { name: one.name, sum, bias, value });
}

/** The parameters of a node: its weights and its bias, with their gradients. */
export function describeParameters({ nodes, edges }: Graph, node: number): string[] {
  const out = nodes.at(-1)?.name ?? '';
  const one = nodes[node];
  const weights = edges
    .filter(({ end, weight }) => end === node && weight !== null)
    .map(({ start, weight, weight_gradient: gradient }) =>
      t('backprop.weight', { name: nodes[start]?.name ?? '', weight: figure(weight), gradient: figure(gradient), out }),
    );
  if (!one || one.bias === null) return weights;
  return [...weights, t('backprop.bias', { bias: figure(one.bias), gradient: figure(one.bias_gradient), out })];
}
