/** What a change discarded, in words. */
import type { Discarded } from '../../core/session/types';
import { language, t } from '../../ui/i18n/i18n.svelte';

/** Later changes that are named one by one, at most. */
const MOST_NAMED = 3;

/** names: of the runs before the change. */
export function discardedText({ step, seen, edits, runs }: Discarded, names: readonly string[]): string {
  const list = new Intl.ListFormat(language.now, { type: 'unit', style: 'short' });
  const sentences: string[] = [];
  if (seen !== null) {
    const replaced = { step, from: step + 1, to: seen, runs: list.format(runs.map((run) => names[run] ?? '')) };
    sentences.push(t(step === 0 ? 'discarded.start' : 'discarded.steps', replaced));
  }
  if (edits.length > 0) {
    const named = edits.slice(0, MOST_NAMED).map((edit) => t('discarded.edit', { name: names[edit.run] ?? '', step: edit.step }));
    const more = edits.length > MOST_NAMED ? [t('mark.more', { count: edits.length - MOST_NAMED })] : [];
    sentences.push(t('discarded.edits', { edits: list.format([...named, ...more]) }));
  }
  return sentences.join(language.now === 'zh' ? '' : ' ');
}
