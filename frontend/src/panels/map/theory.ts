/** Where theory knows the edge of divergence. */
import { PLAIN_SGD } from '../../core/experiment/defaults';
import type { Run } from '../../core/protocol/wire';
import { RATE } from './fields';
import type { MapAxes } from './axes';

/** The rate at a value of the axis up. formula: over the largest curvature. */
export interface Edge {
  readonly formula: string;
  at(value: number): number;
}

/** The largest rate that does not diverge at a momentum, by theory: plain momentum on a quadratic. Null where there is none. */
export function edgeRate(run: Run, curvature: number | null): ((momentum: number) => number) | null {
  const { id, dampening, nesterov, maximize, weight_decay: decay } = run.optimizer;
  if (curvature === null || id !== PLAIN_SGD || dampening || nesterov || maximize || run.schedule || run.zero_grad === false) return null;
  return (momentum) => (2 * (1 + momentum)) / (curvature + (typeof decay === 'number' ? decay : 0));
}

/** What is drawn on a map of rates; momentum is on the axis up, or the run's own. */
export function edgesOf(run: Run, [across, up]: MapAxes, curvature: number | null): Edge[] {
  // A number that the edge depends on, on the axis up, is not the run's own.
  const edge = across.set === RATE && !/\.(weight_decay|dampening)$/.test(up.set) ? edgeRate(run, curvature) : null;
  if (!edge) return [];
  const momentum = typeof run.optimizer['momentum'] === 'number' ? run.optimizer['momentum'] : 0;
  if (!up.set.endsWith('.momentum')) return [{ formula: momentum ? '2(1+μ)' : '2', at: () => edge(momentum) }];
  return [{ formula: '2', at: () => edge(0) }, { formula: '2(1+μ)', at: edge }];
}
