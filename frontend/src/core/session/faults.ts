/** The server's errors as the page shows them, beside the field that the user changed. */
import type { Edit, EventOf } from '../protocol/wire';
import type { Fault } from './types';

type Language = 'en' | 'zh';

/** edit: the one that was refused; its fields are then named as the run's own. */
export function faultOf({ code, field, message, column }: EventOf<'error'>, edit: Edit | null = null): Fault {
  return { code, field: edit ? runField(field ?? '', edit.run) : (field ?? ''), message, column };
}

/** `edit.set.lr` and `edits[3].set.lr` of run 1 are `runs[1].optimizer.lr` on the page; `params` are its `start`. */
function runField(field: string, run: number): string {
  const [, part, rest = ''] = /^edits?(?:\[\d+\])?\.(set|optimizer|params)(.*)$/.exec(field) ?? [];
  if (!part) return field;
  return `runs[${run}].${part === 'params' ? 'start' : 'optimizer'}${rest}`;
}

/** A fault that the page itself finds; of no field. */
function pageFault(code: string, message: Record<Language, string>, language: Language): Fault {
  return { code, field: '', message: message[language], column: null };
}

/** Playing has reached the last step that the server computes. */
export function atLimit(limit: number, language: Language): Fault {
  return pageFault('limit', { en: `This server makes at most ${limit} steps.`, zh: `本服务器最多计算 ${limit} 步。` }, language);
}

const TOO_LARGE = {
  en: 'This experiment is larger than the server takes in one message, so it cannot be opened.',
  zh: '此实验超过服务器单条消息的上限，无法打开。',
};

/** The server closed the connection over this experiment. */
export function tooLarge(language: Language): Fault {
  return pageFault('limit', TOO_LARGE, language);
}

const BROKEN_ADDRESS = {
  en: 'The experiment in the address cannot be read; perhaps a part of the address is missing.',
  zh: '无法读取地址中的实验；地址可能不完整。',
};

export function brokenAddress(language: Language): Fault {
  return pageFault('bad_address', BROKEN_ADDRESS, language);
}

/** A promise's rejection when the server refuses. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** A promise's rejection when the connection was lost twice while it waited. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor() {
    super('the connection was lost');
  }
}
