/** The words of verdicts for tests, as the server's catalog has them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VerdictWords } from './verdict-text';

const FOLDER = join(import.meta.dirname, '../../../../backend/steepest/engine/diagnosis/detectors/words');

export const WORDS: VerdictWords = Object.fromEntries(
  readdirSync(FOLDER).map((file) => {
    const words = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Partial<VerdictWords[string]>;
    return [file.replace('.json', ''), { label: null, mark: null, parts: {}, sentences: [], ...words }];
  }),
);
