/** The hyperparameters in force at a step, by the engine's rule. */
import type { Edit, Experiment, OptimizerSpec } from '../protocol/wire';

/**
 * The optimizer of a run for the update from `step` to `step + 1`: the initial one with the edits up to and including that
 * step. Edits are ordered by step, and at the same step by when they were made.
 */
export function hyperparametersAt(experiment: Experiment, run: number, step: number): OptimizerSpec {
  const first = experiment.runs[run];
  if (!first) throw new RangeError(`there is no run ${run}`);
  return (experiment.edits ?? [])
    .filter((edit) => edit.run === run && edit.step <= step)
    .reduce(edited, first.optimizer);
}

function edited(optimizer: OptimizerSpec, edit: Edit): OptimizerSpec {
  if (edit.optimizer) return edit.optimizer;
  return edit.set ? { ...optimizer, ...edit.set, id: optimizer.id } : optimizer;
}
