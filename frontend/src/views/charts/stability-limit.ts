/**
 * The largest curvature at which an optimizer is stable, where it follows from the hyperparameters alone: for torch's SGD.
 *
 * lr × (λ + weight decay) must stay below 2, below 2(1 + μ)/(1 - τ) with momentum μ and dampening τ, below
 * 2(1 + μ)/(1 + 2μ) with Nesterov momentum; see backend/steepest/optimizers/stability.py. Adaptive optimizers have a limit
 * only in coordinates that change from step to step, which this chart does not have.
 */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Experiment, OptimizerSpec } from '../../core/protocol/wire';
import type { PlainKey } from '../../ui/i18n/i18n.svelte';

/** From `step` to the next entry λmax must stay below `limit`; NaN: there is none. title: its formula, or why there is none. */
export interface Limit {
  readonly step: number;
  readonly limit: number;
  readonly title: PlainKey;
}

const NONE = { limit: Number.NaN, title: 'limit.none' } as const;

export function limitOf(optimizer: OptimizerSpec): Omit<Limit, 'step'> {
  const number = (name: string): number => (typeof optimizer[name] === 'number' ? optimizer[name] : 0);
  const [lr, momentum, decay, dampening] = ['lr', 'momentum', 'weight_decay', 'dampening'].map(number) as [number, number, number, number];
  if (optimizer.id !== 'sgd' || optimizer['maximize'] === true || momentum >= 1 || !(lr > 0)) return NONE;
  const nesterov = optimizer['nesterov'] === true && momentum > 0;
  const gain = momentum > 0 ? 1 - dampening : 1; // torch ignores dampening without momentum
  if (gain <= 0) return NONE;
  const product = (2 * (1 + momentum)) / (nesterov ? 1 + 2 * momentum : gain);
  const plain = momentum === 0 ? 'limit.plain' : nesterov ? 'limit.nesterov' : 'limit.heavy';
  return { limit: product / lr - decay, title: decay !== 0 || (gain !== 1 && !nesterov) ? 'limit.other' : plain };
}

/** The limits of a run, by ascending step: one from each edit that changes it. */
export function limitsOf(experiment: Experiment, run: number): Limit[] {
  const steps = [0, ...(experiment.edits ?? []).filter((edit) => edit.run === run).map((edit) => edit.step)];
  const out: Limit[] = [];
  for (const step of steps) {
    // Under a schedule it changes at every step.
    const now = experiment.runs[run]?.schedule ? NONE : limitOf(hyperparametersAt(experiment, run, step));
    if (out.at(-1)?.step === step) out.pop();
    const before = out.at(-1);
    if (!before || !Object.is(before.limit, now.limit) || before.title !== now.title) out.push({ step, ...now });
  }
  return out;
}

/** The limit at a step. */
export function limitAt(limits: readonly Limit[], step: number): Limit | null {
  return limits.findLast((entry) => entry.step <= step) ?? null;
}
