/** What moves with the play head or the pointer: the line across all charts, the points on it, titles and values. */
import { firstOwnStep } from '../../core/experiment/fork';
import type { Track } from '../../core/player/track';
import type { RatesAnswer } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { forEachVisibleRun } from '../../render/canvas/visible-runs';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { drawMarker } from '../../render/markers/run-markers';
import type { Viewport } from '../../render/viewport/viewport';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { drawGhostLines } from './ghost-lines';
import type { LearningRatePreview } from './learning-rate-preview';
import { dashOf, toChartY } from './lines';
import { KEY_HEIGHT, headOf, type Pane } from './panes';
import { valueNow } from './series';
import type { Limit } from './stability-limit';

export const PART_WORDS = ['part.train', 'part.dev', 'part.test'] as const;

/** CSS pixels in the key of the parts: a sample of the line with the gap after it, and from one part to the next. */
const DASH = 16;
const DASH_GAP = 6;

export type RatePreview = Pick<LearningRatePreview, 'rates' | 'isUnknown'>;

/** What the cursor shows besides the frame. */
export interface CursorState {
  /** The step under the pointer; -1: none. */
  readonly hover: number;
  /** Of the selected run's curvature at the cursor. */
  readonly limit: Limit | null;
  readonly preview: RatePreview;
}

export class ChartCursor {
  constructor(private readonly layer: CanvasLayer) {}

  draw(frame: DrawState, panes: readonly Pane[], state: CursorState, theme: Theme): void {
    const step = state.hover >= 0 ? state.hover : frame.head;
    this.layer.clear();
    for (const pane of panes) {
      if (pane.view.width === 0) continue;
      this.veilFuture(pane.view, frame.head, theme);
      if (pane.series.id === 'lr') for (const rates of state.preview.rates) this.drawPreview(frame, pane.view, rates, theme);
      drawGhostLines(this.layer, pane, frame, theme);
      this.drawLine(pane.view, step, state.hover >= 0 ? theme.text : theme.muted);
      this.drawPoints(frame, pane, step, theme);
      this.drawTitle(frame, pane, step, state, theme);
    }
  }

  /** What was drawn beyond the play head is faint until the play head is there again. */
  private veilFuture(view: Viewport, head: number, theme: Theme): void {
    const x = xOf(view, head);
    const right = view.left + view.width;
    if (x >= right) return;
    const { context } = this.layer;
    context.globalAlpha = 0.78;
    context.fillStyle = theme.panel;
    context.fillRect(x + 1, view.top, right - x - 1, view.height);
    context.globalAlpha = 1;
  }

  private drawLine(view: Viewport, step: number, colour: string): void {
    const { context } = this.layer;
    context.fillStyle = colour;
    context.globalAlpha = 0.55;
    context.fillRect(Math.round(xOf(view, step)) - 0.5, view.top, 1, view.height);
    context.globalAlpha = 1;
  }

  private drawPoints(frame: DrawState, { view, series }: Pane, step: number, theme: Theme): void {
    forEachVisibleRun(frame, (run, track) => {
      if (step < firstOwnStep(frame.experiment, run, frame.visible)) return; // it has not branched off yet
      const k = Math.min(step, track.length - 1);
      const radius = (run === frame.selected ? 4.5 : 3.5) * theme.strokeScale;
      const lines = series.lines(track);
      for (let line = 0; line < lines; line++) {
        const y = toChartY(view, valueNow(frame, series, run, k, line));
        if (!(y >= view.top && y <= view.top + view.height)) continue;
        drawMarker(this.layer.context, run, xOf(view, k), y, radius, runColour(theme, run), theme.panel);
      }
    });
  }

  /** Dashed from the play head on: the learning rates that a run's schedule will have. */
  private drawPreview(frame: DrawState, view: Viewport, { run, steps, lr }: RatesAnswer[number], theme: Theme): void {
    const track = frame.recording.tracks[run];
    if (!track || frame.visible[run] === false || track.length <= frame.head) return; // hidden, or it has ended before
    const context = this.layer.clip(view);
    context.strokeStyle = runColour(theme, run);
    context.lineWidth = (run === frame.selected ? 1.75 : 1.25) * theme.strokeScale;
    context.globalAlpha = 0.8;
    context.setLineDash([2, 3]);
    context.beginPath();
    let begun = false;
    steps.values.forEach((step, n) => {
      if (step < Math.max(1, frame.head)) return;
      const [x, y] = [xOf(view, step), toChartY(view, lr.values[n] as number)];
      if (begun) context.lineTo(x, y);
      else context.moveTo(x, y);
      begun = true;
    });
    context.stroke();
    context.restore();
  }

  /** Above the plot: which line is of which part of the data, and its value where there is room for it. */
  private drawParts({ view, series }: Pane, track: Track, k: number, run: number, theme: Theme): void {
    const { context } = this.layer;
    const scale = theme.fontScale;
    const base = view.top - (KEY_HEIGHT - 8) * scale;
    context.font = `${10.5 * scale}px ${theme.font}`;
    context.textAlign = 'left';
    const parts = Array.from({ length: series.lines(track) }, (_, line) => ({ line, part: series.part?.(track, line) ?? null }));
    const named = parts.flatMap(({ line, part }) => (part === null ? [] : [{ line, name: t(PART_WORDS[part]) }]));
    const withValues = (digits: number): string[] =>
      named.map(({ line, name }) => `${name} ${formatNumber(series.value(track, k, line), digits)}`);
    const widthOf = (texts: readonly string[]): number =>
      texts.reduce((sum, text) => sum + context.measureText(text).width, texts.length * DASH + (texts.length - 1) * DASH_GAP);
    const names = named.map(({ name }) => name);
    const texts = [withValues(3), withValues(2)].find((each) => widthOf(each) <= view.width) ?? names;
    let x = view.left;
    named.forEach(({ line }, n) => {
      const text = texts[n] as string;
      context.strokeStyle = runColour(theme, run);
      context.lineWidth = 1.5 * theme.strokeScale;
      context.setLineDash(dashOf(series, track, line));
      context.beginPath();
      context.moveTo(x, base - 3.5 * scale);
      context.lineTo(x + DASH - 4, base - 3.5 * scale);
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = theme.text;
      context.fillText(text, x + DASH, base);
      x += DASH + context.measureText(text).width + DASH_GAP;
    });
  }

  /** Above the plot: its title, and the selected run's values; a note between them where there is room. */
  private drawTitle(frame: DrawState, pane: Pane, step: number, { limit, preview }: CursorState, theme: Theme): void {
    const { context } = this.layer;
    const { view, series } = pane;
    const { selected } = frame;
    const base = view.top - headOf(pane, theme.fontScale) + 15 * theme.fontScale;
    /** Returns the width. */
    const write = (text: string, x: number, align: CanvasTextAlign, colour: string, weight = 400): number => {
      context.font = `${weight} ${12 * theme.fontScale}px ${theme.font}`;
      context.textAlign = align;
      context.fillStyle = colour;
      context.fillText(text, x, base);
      return context.measureText(text).width;
    };
    context.textBaseline = 'alphabetic';
    const end = view.left + write(t(series.title), view.left, 'left', theme.text, 600);
    const track = frame.recording.tracks[selected];
    if (!track || track.length === 0) return;
    const k = Math.min(step, track.length - 1);
    const lines = series.lines(track);
    if (pane.keyed) this.drawParts(pane, track, k, selected, theme);
    const valuesWith = (digits: number): string =>
      Array.from({ length: series.part ? Math.min(1, lines) : lines }, (_, line) => {
        const name = lines > 1 && !series.part ? `${frame.scene?.names[line] ?? line} ` : '';
        return name + formatNumber(valueNow(frame, series, selected, k, line), digits);
      }).join('   ');
    const right = view.left + view.width;
    // Fewer digits where the values would run into the title.
    const values = [4, 3, 2].map(valuesWith).find((text) => context.measureText(text).width <= right - end - 8) ?? '';
    const left = right - write(values, right, 'right', runColour(theme, selected)) - 12;
    const unknown = series.id === 'lr' && preview.isUnknown(frame.experiment, selected);
    const note = series.id === 'curvature' && limit ? limitWords(limit) : unknown ? t('lr.blind') : '';
    if (left - context.measureText(note).width > end + 6) write(note, left, 'right', theme.muted);
  }
}

function xOf(view: Viewport, step: number): number {
  return view.left + (step * view.width) / (view.x1 - view.x0);
}

function limitWords({ limit, title }: Limit): string {
  return Number.isNaN(limit) ? t(title) : `${t(title)} = ${formatNumber(limit, 4)}`;
}
