/** The server's errors as the page shows them: beside the field that the user changed. */
import type { Told } from '../protocol/wire';
import type { Edit, Fault } from './types';

/** A refusal of what was asked for. edit: the one that was refused, so that its field is named as the run's own. */
export function faultOf(error: Told<'error'>, edit: Edit | null = null): Fault {
  const field = error.field ?? '';
  return {
    code: error.code,
    field: edit ? runField(field, edit.run) : field,
    message: error.message,
    column: error.column,
  };
}

/** `edit.set.lr` and `edits[3].set.lr` of run 1 are `runs[1].optimizer.lr` on the page; `params` are its `start`. */
function runField(field: string, run: number): string {
  const [, part, rest = ''] = /^edits?(?:\[\d+\])?\.(set|optimizer|params)(.*)$/.exec(field) ?? [];
  if (!part) return field;
  return part === 'params' ? `runs[${run}].start${rest}` : `runs[${run}].optimizer${rest}`;
}

/** What a promise is rejected with when the server refuses. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** What a promise is rejected with when the connection was lost twice while it waited. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor() {
    super('the connection was lost');
  }
}
