/** A run at rest shows little of another rate: the change is offered from the start of the run. */
import { fromStart } from '../../core/experiment/changes';
import { restsAt } from '../../core/player/rest';
import type { Track } from '../../core/player/track';
import type { Edit, Experiment } from '../../core/protocol/wire';
import type { Session } from '../../core/session/types';
import type { PlainKey } from '../../ui/i18n/i18n.svelte';

/** The last change of a run up to a step, if it was one of hyperparameters, made when the run was at rest; else null. */
export function changedAtRest(experiment: Experiment, run: number, track: Pick<Track, 'verdicts'>, step: number): Edit | null {
  const last = (experiment.edits ?? []).filter((edit) => edit.run === run && edit.step <= step).at(-1);
  return last && !last.params && restsAt(track, last.step) ? last : null;
}

/** The words on the button. */
export function againWords({ set }: Edit): PlainKey {
  return set && Object.keys(set).join() === 'lr' ? 'do.again.rate' : 'do.again';
}

/** Plays the run from its start with the values in force at the step on screen. */
export async function startAgain(session: Session, run: number): Promise<void> {
  const { experiment, head } = session;
  if (experiment && (await session.open(fromStart(experiment, run, head)))) session.play();
}
