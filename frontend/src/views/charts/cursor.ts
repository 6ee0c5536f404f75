/** What moves with the play head or the pointer: the line across all charts, the points on it, the titles and values. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Track } from '../../core/player/track';
import type { RatesAnswer } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { Theme } from '../../render/colours/theme-colours';
import { drawMarker } from '../../render/markers/run-markers';
import type { Viewport } from '../../render/viewport/viewport';
import { translate } from '../../ui/i18n/translate';
import { short } from '../loss-scene/figures';
import type { LearningRatePreview } from './learning-rate-preview';
import { dashOf, place } from './lines';
import { TITLE, type Pane } from './panes';
import type { Limit } from './stability-limit';

export const PART_WORDS = ['part.train', 'part.dev', 'part.test'] as const;

/** The rates ahead, and of which runs they are not known. */
export type Ahead = Pick<LearningRatePreview, 'told' | 'blind'>;

export class Cursor {
  /** Of the titles, in the page's language; null: ask again. */
  private titles: string[] | null = null;

  constructor(private readonly layer: CanvasLayer) {}

  invalidate(): void {
    this.titles = null;
  }

  /** hover: the step under the pointer, or -1. limit: of the selected run's curvature there. plans: the rates ahead. */
  draw(frame: DrawState, panes: readonly Pane[], hover: number, limit: Limit | null, plans: Ahead, theme: Theme): void {
    const { context } = this.layer;
    const { tracks } = frame.recording;
    const step = hover >= 0 ? hover : frame.head;
    this.titles ??= panes.map((pane) => translate(pane.series.title));
    this.layer.clear();
    context.textBaseline = 'alphabetic';
    for (let n = 0; n < panes.length; n++) {
      const pane = panes[n] as Pane;
      const { view, series } = pane;
      if (view.width === 0) continue;
      const right = view.left + view.width;
      const perStep = view.width / (view.x1 - view.x0);
      const headX = view.left + frame.head * perStep;
      // What was drawn beyond the head lies in the future: it is faint until the head is there again.
      if (headX < right) {
        context.globalAlpha = 0.78;
        context.fillStyle = theme.panel;
        context.fillRect(headX + 1, view.top, right - headX - 1, view.height);
        context.globalAlpha = 1;
      }
      if (series.id === 'lr') for (const plan of plans.told) this.ahead(frame, view, plan, theme);
      const x = view.left + step * perStep;
      context.fillStyle = hover >= 0 ? theme.text : theme.muted;
      context.globalAlpha = 0.55;
      context.fillRect(Math.round(x) - 0.5, view.top, 1, view.height);
      context.globalAlpha = 1;
      for (let run = 0; run < tracks.length; run++) {
        const track = tracks[run] as Track;
        if (frame.visible[run] === false || track.length === 0) continue;
        if (step < firstOwnStep(frame.experiment, run, frame.visible)) continue; // there it is still the run that it will leave
        const k = Math.min(step, track.length - 1);
        const px = view.left + k * perStep;
        const colour = theme.runs[run % theme.runs.length] as string;
        for (let line = 0; line < series.lines(track); line++) {
          const y = place(view, series.value(track, k, line));
          if (!(y >= view.top && y <= view.top + view.height)) continue;
          // The run's own shape, as on the stage: colour is never the only sign.
          drawMarker(context, run, px, y, (run === frame.selected ? 4.5 : 3.5) * theme.weight, colour, theme.panel);
        }
      }
      this.title(frame, pane, this.titles[n] as string, step, limit, plans, theme);
    }
  }

  /** Dashed from the play head on: the rates that a run's schedule will have. */
  private ahead(frame: DrawState, view: Viewport, { run, steps, lr }: RatesAnswer[number], theme: Theme): void {
    const track = frame.recording.tracks[run];
    if (!track || frame.visible[run] === false || track.length <= frame.head) return; // it has ended before
    const { context } = this.layer;
    const perStep = view.width / (view.x1 - view.x0);
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    context.strokeStyle = theme.runs[run % theme.runs.length] as string;
    context.lineWidth = (run === frame.selected ? 1.75 : 1.25) * theme.weight;
    context.globalAlpha = 0.8;
    context.setLineDash([2, 3]);
    context.beginPath();
    let begun = false;
    for (let n = 0; n < steps.values.length; n++) {
      const step = steps.values[n] as number;
      if (step < Math.max(1, frame.head)) continue;
      const [x, y] = [view.left + step * perStep, place(view, lr.values[n] as number)];
      if (begun) context.lineTo(x, y);
      else context.moveTo(x, y);
      begun = true;
    }
    context.stroke();
    context.restore();
  }

  /** Which line is of which part of the data, and its value: in the corner that falling losses leave free. */
  private key(pane: Pane, track: Track, k: number, run: number, theme: Theme): void {
    const { context } = this.layer;
    const { view, series } = pane;
    const size = 10.5 * theme.letters;
    const base = view.top + size + 1;
    let right = view.left + view.width - 2;
    context.font = `${size}px ${theme.font}`;
    context.textAlign = 'right';
    for (let line = series.lines(track) - 1; line >= 0; line--) {
      const part = series.part?.(track, line) ?? null;
      if (part === null) continue;
      const text = `${translate(PART_WORDS[part])} ${short(series.value(track, k, line), 3)}`;
      const width = context.measureText(text).width;
      context.fillStyle = theme.panel;
      context.globalAlpha = 0.8;
      context.fillRect(right - width - 26, base - size, width + 28, size + 4);
      context.globalAlpha = 1;
      context.fillStyle = theme.text;
      context.fillText(text, right, base);
      context.strokeStyle = theme.runs[run % theme.runs.length] as string;
      context.lineWidth = 1.5 * theme.weight;
      context.setLineDash(dashOf(series, track, line));
      context.beginPath();
      context.moveTo(right - width - 23, base - size / 3);
      context.lineTo(right - width - 4, base - size / 3);
      context.stroke();
      context.setLineDash([]);
      right -= width + 34;
    }
  }

  private title(frame: DrawState, pane: Pane, title: string, step: number, limit: Limit | null, plans: Ahead, theme: Theme): void {
    const { context } = this.layer;
    const { view, series } = pane;
    const base = view.top - TITLE * theme.letters + 15 * theme.letters;
    context.font = `600 ${12 * theme.letters}px ${theme.font}`;
    context.textAlign = 'left';
    context.fillStyle = theme.text;
    context.fillText(title, view.left, base);
    const taken = view.left + context.measureText(title).width;
    const track = frame.recording.tracks[frame.selected];
    if (!track || track.length === 0) return;
    const k = Math.min(step, track.length - 1);
    let text = '';
    const lines = series.lines(track);
    if (series.part && lines > 1) this.key(pane, track, k, frame.selected, theme);
    for (let line = 0; line < (series.part ? Math.min(1, lines) : lines); line++) {
      const name = lines > 1 && !series.part ? `${frame.scene?.names[line] ?? line} ` : '';
      text += `${line > 0 ? '   ' : ''}${name}${short(series.value(track, k, line))}`;
    }
    context.font = `${12 * theme.letters}px ${theme.font}`;
    context.textAlign = 'right';
    context.fillStyle = theme.runs[frame.selected % theme.runs.length] as string;
    const right = view.left + view.width;
    context.fillText(text, right, base);
    const note = series.id === 'curvature' && limit ? bound(limit) : series.id === 'lr' && plans.blind(frame.experiment, frame.selected) ? translate('lr.blind') : '';
    const width = context.measureText(text).width;
    context.fillStyle = theme.muted;
    // Where it would be written over the title it is left out: the line itself is there.
    if (right - width - 12 - context.measureText(note).width > taken + 6) context.fillText(note, right - width - 12, base);
  }
}

/** The limit in words. */
function bound(limit: Limit): string {
  return Number.isNaN(limit.limit) ? translate(limit.title) : `${translate(limit.title)} = ${short(limit.limit)}`;
}
