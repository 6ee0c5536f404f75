/** The props that every control of a Param takes, and the faults of its field. */
import type { Param } from '../../core/experiment/catalog';
import type { Value } from '../../core/protocol/wire';
import type { Fault } from '../../core/session/types';

export type ParamOf<K extends Param['kind']> = Extract<Param, { kind: K }>;

export interface ControlProps<P> {
  param: P;
  /** The value in force. */
  value: Value;
  /** Of the value in the experiment, as in the server's faults: `runs[0].optimizer.lr`. */
  path: string;
  fault: Fault | null;
  onchange: (value: Value) => void;
  /** A slider is being dragged, and is at this value. Where this is given, `onchange` is called once, when it is let go. */
  ondrag?: ((value: Value) => void) | undefined;
  /** It was let go. */
  onrelease?: (() => void) | undefined;
}

/** Whether a fault is of the field at a path, or of a part of it. */
export function concerns(fault: Fault | null, path: string): fault is Fault {
  return fault !== null && (fault.field === path || fault.field.startsWith(`${path}[`) || fault.field.startsWith(`${path}.`));
}

/** The message of a fault of the field at a path; null for none. */
export function messageAt(fault: Fault | null, path: string): string | null {
  return concerns(fault, path) ? fault.message : null;
}

/** A path as an element's id, without brackets and dots. */
export function idOf(path: string): string {
  return path.replace(/[^\w]+/g, '-');
}
