/** Large targets: the server tries the run on a scaled target, and only what proved better becomes a button. */
import { isLearning } from '../../core/experiment/problem';
import { restsAt } from '../../core/player/rest';
import type { Experiment, ScalingTried } from '../../core/protocol/wire';
import { QueryWhilePlaying } from '../../core/queries/query-while-playing.svelte';
import type { DrawState, Session } from '../../core/session/types';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';

/** The data set's param. */
const PARAM = 'standardize_target';
/** Milliseconds from an answer to the next question while playing. */
const INTERVAL = 1000;

interface Question {
  readonly run: number;
}

/** Has a scaled target tried, where there is one to scale and the selected run is under way. */
export function scalings(session: Session): QueryWhilePlaying<Question, ScalingTried> {
  return new QueryWhilePlaying<Question, ScalingTried>(session, questionOf, ({ run }) => session.tryScaling(run), {
    interval: INTERVAL, perRun: true,
  });
}

export function questionOf({ experiment: { problem }, recording, selected, head }: DrawState): Question | null {
  const track = recording.tracks[selected];
  if (!isLearning(problem) || problem.dataset.params?.[PARAM] !== false || head === 0 || !track) return null;
  return restsAt(track, Math.min(head, track.length - 1)) ? null : { run: selected };
}

/** What is to be offered: the answer with the experiment to open, where that proved better. */
export function betterScaled(answer: ScalingTried | null): (ScalingTried & { experiment: Experiment }) | null {
  return answer?.experiment ? { ...answer, experiment: answer.experiment } : null;
}

export function scaleWords({ lr }: ScalingTried): string {
  return lr === null ? t('do.scale') : t('do.scale.rate', { lr: formatNumber(lr) });
}

/** What the tries have shown. */
export function scalingTriedWords({ steps, scaled, without }: ScalingTried): string {
  const values = { steps: formatNumber(steps), loss: formatNumber(Number(scaled?.loss)) };
  if (without?.diverged) return t('tried.scaled.diverged', values);
  return t('tried.scaled', { ...values, without: formatNumber(Number(without?.loss)) });
}

export async function openScaled(session: Session, experiment: Experiment): Promise<void> {
  if (await session.open(experiment)) session.play();
}
