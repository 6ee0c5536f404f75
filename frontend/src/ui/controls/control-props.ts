/** What every control is given: its Param, the value in force, and whom to tell. */
import type { Value } from '../../core/protocol/wire';
import type { Fault } from '../../core/session/types';

export interface ControlProps<P> {
  param: P;
  value: Value;
  /** Where the value stands in the experiment, as the server names it in a fault: `runs[0].optimizer.lr`. */
  path: string;
  fault: Fault | null;
  onchange: (value: Value) => void;
}

/** Whether a fault is of the field at a path, or of a part of it. */
export function concerns(fault: Fault | null, path: string): fault is Fault {
  return fault !== null && (fault.field === path || fault.field.startsWith(`${path}[`) || fault.field.startsWith(`${path}.`));
}

/** An id for elements: paths hold brackets and dots. */
export function idOf(path: string): string {
  return path.replace(/[^\w]+/g, '-');
}
