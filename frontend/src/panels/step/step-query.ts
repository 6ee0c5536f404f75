/** Asks the server for the step on screen, in numbers. */
import type { Inspected } from '../../core/protocol/wire';
import { QueryWhilePlaying } from '../../core/queries/query-while-playing.svelte';
import type { DrawState, Session } from '../../core/session/types';

/** Milliseconds between two queries while playing. */
export const INTERVAL = 500;

interface Question {
  readonly run: number;
  readonly step: number;
}

export function stepQuery(session: Pick<Session, 'inspect' | 'onFrame' | 'playing'>): QueryWhilePlaying<Question, Inspected> {
  return new QueryWhilePlaying(session, stepOnScreen, ({ step, run }) => session.inspect(step, run), { interval: INTERVAL, perRun: true });
}

/** The step from the record on screen to the next; of a diverged run beyond its end, its last step. */
function stepOnScreen({ recording, head, selected }: DrawState): Question | null {
  const track = recording.tracks[selected];
  if (!track || track.length === 0) return null;
  const ended = track.divergedAt !== null && head >= track.divergedAt;
  return { run: selected, step: ended ? Math.max(0, (track.divergedAt as number) - 1) : Math.min(head, track.length - 1) };
}
