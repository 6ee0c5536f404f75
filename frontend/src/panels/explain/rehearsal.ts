/** What the server has tried of a verdict's remedy: only what proved better becomes a button. */
import { verdictAt } from '../../core/player/verdict-at';
import type { Edit, Rehearsed } from '../../core/protocol/wire';
import { QueryWhilePlaying } from '../../core/queries/query-while-playing.svelte';
import type { DrawState, Session } from '../../core/session/types';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

/** Milliseconds from an answer to the next question while playing. */
const INTERVAL = 200;

interface Question {
  readonly remedy: Edit;
  readonly step: number;
}

export interface Answer {
  /** The verdict's. */
  readonly asked: Edit;
  readonly rehearsed: Rehearsed;
}

/** Has the remedy of the verdict on screen tried. */
export function rehearsals(session: Session): QueryWhilePlaying<Question, Answer> {
  return new QueryWhilePlaying<Question, Answer>(
    session,
    remedyOnScreen,
    async ({ remedy, step }) => ({ asked: remedy, rehearsed: await session.rehearse(remedy, step) }),
    { interval: INTERVAL, perRun: true },
  );
}

function remedyOnScreen({ recording, head, selected }: DrawState): Question | null {
  const track = recording.tracks[selected];
  const verdict = track ? verdictAt(track, Math.min(head, track.length - 1)) : null;
  return verdict?.remedy ? { remedy: verdict.remedy, step: verdict.step } : null;
}

export function isAbout(answer: Answer | null, remedy: Edit): answer is Answer {
  return answer !== null && JSON.stringify(answer.asked) === JSON.stringify(remedy);
}

/** The answer about a remedy, where another edit or the remedy itself proved better. */
export function better(answer: Answer | null, remedy: Edit | null): (Rehearsed & { remedy: Edit }) | null {
  if (!remedy || !isAbout(answer, remedy)) return null;
  const { rehearsed } = answer;
  return rehearsed.remedy ? { ...rehearsed, remedy: rehearsed.remedy } : null;
}

/** What the tries have shown, in a sentence. */
export function triedWords({ steps, without, outcome }: Rehearsed): string {
  const values = { steps: formatNumber(steps), loss: formatNumber(Number(outcome?.loss)) };
  if (without.diverged) return t('tried.diverged', values);
  return t('tried', { ...values, without: formatNumber(Number(without.loss)) });
}
