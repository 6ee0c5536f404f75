/**
 * The curvature that a learning rate bears, where it follows from the hyperparameters alone: for torch's SGD.
 *
 * lr × (λ + weight decay) must stay below 2, below 2(1 + μ)/(1 - τ) with momentum μ and dampening τ, below
 * 2(1 + μ)/(1 + 2μ) with Nesterov's; see backend/steepest/optimizers/stability.py. Optimizers that rescale the gradient
 * have a limit only in coordinates of their own, which change from step to step: on this chart it would be a wrong line.
 */
import { hyperparametersAt } from '../../core/experiment/hyperparameters';
import type { Experiment, OptimizerSpec } from '../../core/protocol/wire';
import type { Key as MessageKey } from '../../ui/i18n/translate';

/** From `step` on (until the next entry) λmax must stay below `limit`; NaN: no such line. title: its formula, or why not. */
export interface Limit {
  readonly step: number;
  readonly limit: number;
  readonly title: MessageKey;
}

const NONE = { limit: Number.NaN, title: 'limit.none' } as const;

export function limitOf(optimizer: OptimizerSpec): Omit<Limit, 'step'> {
  const number = (name: string): number => (typeof optimizer[name] === 'number' ? optimizer[name] : 0);
  const [lr, momentum, decay, dampening] = ['lr', 'momentum', 'weight_decay', 'dampening'].map(number) as [number, number, number, number];
  if (optimizer.id !== 'sgd' || optimizer['maximize'] === true || momentum >= 1 || !(lr > 0)) return NONE;
  const nesterov = optimizer['nesterov'] === true && momentum > 0;
  const gain = momentum > 0 ? 1 - dampening : 1; // torch lets dampening do nothing without momentum
  if (gain <= 0) return NONE;
  const product = (2 * (1 + momentum)) / (nesterov ? 1 + 2 * momentum : gain);
  const plain = momentum === 0 ? 'limit.plain' : nesterov ? 'limit.nesterov' : 'limit.heavy';
  return { limit: product / lr - decay, title: decay !== 0 || (gain !== 1 && !nesterov) ? 'limit.other' : plain };
}

/** The limits of a run as a staircase over its edits. */
export function limits(experiment: Experiment, run: number): Limit[] {
  const steps = [0, ...(experiment.edits ?? []).filter((edit) => edit.run === run).map((edit) => edit.step)];
  const out: Limit[] = [];
  for (const step of steps) {
    // Under a schedule it moves at every step.
    const now = experiment.runs[run]?.schedule ? NONE : limitOf(hyperparametersAt(experiment, run, step));
    if (out.at(-1)?.step === step) out.pop();
    const before = out.at(-1);
    if (!before || !Object.is(before.limit, now.limit) || before.title !== now.title) out.push({ step, ...now });
  }
  return out;
}

/** What holds at a step. */
export function limitAt(limits: readonly Limit[], step: number): Limit | null {
  let at: Limit | null = null;
  for (const entry of limits) {
    if (entry.step > step) break;
    at = entry;
  }
  return at;
}
