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
  private epoch = -1;
  private moves: DrawState['moves'] = [];
  private selected = -1;
  /** One bit a run. */
  private hidden = 0;

  /** What lies under the canvas has changed: axes, size, theme or camera. */
  invalidate(): void {
    this.epoch = -1;
  }

  /** True once after records were forgotten, an edit moved a run, the visible or selected runs changed, or `invalidate`. */
  needed({ recording: { epoch }, visible, selected, moves }: DrawState): boolean {
    let hidden = 0;
    for (let run = 0; run < visible.length; run++) if (visible[run] === false) hidden |= 1 << run;
    if (epoch === this.epoch && moves === this.moves && selected === this.selected && hidden === this.hidden) return false;
    this.epoch = epoch;
    this.moves = moves;
    this.selected = selected;
    this.hidden = hidden;
    return true;
  }
}
