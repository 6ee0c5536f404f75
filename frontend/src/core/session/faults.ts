/** The server's errors as the page shows them: beside the field that the user changed. */
import type { Edit, EventOf } from '../protocol/wire';
import type { Fault } from './types';

/** A refusal of what was asked for. edit: the one that was refused, so that its field is named as the run's own. */
export function faultOf(error: EventOf<'error'>, edit: Edit | null = null): Fault {
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

/** Playing has come to the last step that the server makes. */
export function atLimit(limit: number, language: 'en' | 'zh'): Fault {
  const message = { en: `This server makes at most ${limit} steps.`, zh: `本服务器最多计算 ${limit} 步。` }[language];
  return { code: 'limit', field: '', message, column: null };
}

const TOO_LARGE = {
  en: 'This experiment is larger than the server takes in one message, so it cannot be opened.',
  zh: '此实验超过服务器单条消息的上限，无法打开。',
};

/** An experiment at which the server closed the connection. */
export function tooLarge(language: 'en' | 'zh'): Fault {
  return { code: 'limit', field: '', message: TOO_LARGE[language], column: null };
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
