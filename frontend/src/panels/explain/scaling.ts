/** Tables far from 1: the server tries the run on a scaled one, and only what proved better becomes a button. */
import { isLearning } from '../../core/experiment/problem';
import { restsAt } from '../../core/player/rest';
import type { Experiment, ScalingTried } from '../../core/protocol/wire';
import { QueryWhilePlaying } from '../../core/queries/query-while-playing.svelte';
import type { DrawState, Session } from '../../core/session/types';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

/** The data set's params. */
const PARAMS = ['standardize', 'standardize_target'] as const;
/** Milliseconds from an answer to the next question while playing. */
const INTERVAL = 1000;

interface Question {
  readonly run: number;
}

/** Has a scaled table tried, where there is something to scale and the selected run is under way. */
export function scalings(session: Session): QueryWhilePlaying<Question, ScalingTried> {
  return new QueryWhilePlaying<Question, ScalingTried>(session, questionOf, ({ run }) => session.tryScaling(run), {
    interval: INTERVAL, perRun: true,
  });
}

export function questionOf({ experiment: { problem }, recording, selected, head }: DrawState): Question | null {
  const track = recording.tracks[selected];
  if (!isLearning(problem) || PARAMS.every((param) => problem.dataset.params?.[param] !== false) || head === 0 || !track) return null;
  return restsAt(track, Math.min(head, track.length - 1)) ? null : { run: selected };
}

/** What is to be offered: the answer with the experiment to open, where that proved better. */
export function betterScaled(answer: ScalingTried | null): (ScalingTried & { experiment: Experiment }) | null {
  return answer?.experiment ? { ...answer, experiment: answer.experiment } : null;
}

export function scaleWords({ what, lr }: ScalingTried): string {
  const columns = t(`scale.${what ?? 'target'}`);
  return lr === null ? t('do.scale', { columns }) : t('do.scale.rate', { columns, lr: formatNumber(lr) });
}

/** What the tries have shown. */
export function scalingTriedWords({ what, steps, scaled, without, at_least }: ScalingTried): string {
  const values = { why: t(`scale.why.${what ?? 'target'}`), steps: formatNumber(steps), loss: formatNumber(Number(scaled?.loss)) };
  if (without?.diverged) return t('tried.scaled.diverged', values);
  return t(at_least ? 'tried.scaled.least' : 'tried.scaled', { ...values, without: formatNumber(Number(without?.loss)) });
}

export async function openScaled(session: Session, experiment: Experiment): Promise<void> {
  if (await session.open(experiment)) session.play();
}
