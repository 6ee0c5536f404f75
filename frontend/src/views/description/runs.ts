/** The runs on a plot of the loss in words. */
import { lossNow, moveAt } from '../../core/player/move';
import type { DrawState } from '../../core/session/types';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatPoint } from '../../ui/i18n/numbers';

/** Where each run is, and its loss. names: one a run. */
export function runsWords(frame: DrawState, names: readonly string[]): string {
  return names.map((name, run) => runWords(frame, name, run)).join(t('say.gap'));
}

function runWords({ recording, head, visible, scene, moves }: DrawState, name: string, run: number): string {
  const track = recording.tracks[run];
  if (!track || track.length === 0) return '';
  if (visible[run] === false) return t('stage.hidden', { name });
  if (track.divergedAt !== null && head >= track.divergedAt) return t('stage.diverged', { name, step: track.divergedAt });
  const k = Math.min(head, track.length - 1);
  const loss = formatNumber(lossNow(track, k, moves, run));
  if (!scene) return t('stage.loss', { name, loss });
  const at = formatPoint(moveAt(moves, run, k)?.params ?? Array.from(track.params.subarray(k * track.dim, (k + 1) * track.dim)));
  return t('stage.run', { name, at, loss });
}
