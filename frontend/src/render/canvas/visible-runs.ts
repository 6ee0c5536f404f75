/** What the drawings of all runs have in common: which runs, in which order, and when to draw everything again. */
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';

/** Calls back for each visible run with records; the selected run comes last, so that it lies on top. */
export function forEachVisibleRun({ recording, visible, selected }: DrawState, draw: (run: number, track: Track) => void): void {
  const { tracks } = recording;
  for (let n = 0; n <= tracks.length; n++) {
    const run = n === tracks.length ? selected : n;
    const track = tracks[run];
    if ((n < tracks.length && run === selected) || !track || track.length === 0 || visible[run] === false) continue;
    draw(run, track);
  }
}

/** Whether a canvas that is only added to must be drawn again as a whole. */
export class RedrawCheck {
  private drawn: string | null = null;

  /** What lies under the canvas has changed: axes, size, theme or camera. */
  invalidate(): void {
    this.drawn = null;
  }

  /** True once after records were forgotten, the visible or selected runs changed, or `invalidate`. */
  needed({ recording, visible, selected }: DrawState): boolean {
    const state = `${recording.epoch} ${selected} ${visible.join()}`;
    const changed = state !== this.drawn;
    this.drawn = state;
    return changed;
  }
}
