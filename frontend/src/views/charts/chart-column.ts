/** The charts: their axes, drawn by Plotly, the lines and the cursor, and when to draw which again. */
import type { Track } from '../../core/player/track';
import type { Experiment } from '../../core/protocol/wire';
import type { DrawState, Ghost, Session } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { FramePlot } from '../../render/plot/frame-plot';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { fromX, readViewport } from '../../render/viewport/viewport';
import { AxisRange, stepRange } from './axis-range';
import { ChartCursor } from './cursor';
import { LearningRatePreview } from './learning-rate-preview';
import { ChartLines } from './lines';
import { axisName, headOf, paneFigure, paneOf, type Pane } from './panes';
import { SERIES, type ChartId, type Series } from './series';
import { limitAt, limitsOf, type Limit } from './stability-limit';

/** The share of the axis that lies ahead of the play head, at least, while a value is dragged: for what would come. */
const AHEAD = 0.2;

export type Scale = 'auto' | 'log' | 'linear';

export class ChartColumn extends FramePlot {
  /** The step under the pointer; -1: none. */
  hover = -1;
  /** Called when the loss axis becomes logarithmic or linear. */
  onscale: (logarithmic: boolean) => void = () => {};

  private panes: readonly Pane[] = [];
  private ids: readonly ChartId[] = [];
  private scale: Scale = 'auto';
  /** Charts with a value below 0, which has no logarithm. */
  private readonly negative = new Set<ChartId>();
  private lastStep = stepRange(0);
  private limits: readonly Limit[] = [];
  private epoch = -1;
  private experiment: Experiment | null = null;
  private selected = -1;
  private axesKey = '';
  /** Per run, how many records the axes hold. */
  private readonly scanned = new Int32Array(8);
  private readonly lines: ChartLines;
  private readonly cursor: ChartCursor;
  private readonly preview: LearningRatePreview;
  /** Whether the axes hold the preview of the learning rates. */
  private previewHeld = false;
  /** Those that the axes hold. */
  private ghosts: readonly Ghost[] = [];

  constructor(host: HTMLElement, session: Session) {
    super(host, session);
    const [lines, cursor] = this.layers as readonly [CanvasLayer, CanvasLayer];
    this.lines = new ChartLines(lines);
    this.cursor = new ChartCursor(cursor);
    this.preview = new LearningRatePreview(session, () => {
      this.previewHeld = false;
      this.requestOverlay();
    });
    this.onStop(() => this.preview.stop());
  }

  /** Which charts are shown, and the scale of the loss. */
  configure(ids: readonly ChartId[], scale: Scale): void {
    if (ids === this.ids && scale === this.scale) return;
    this.ids = ids;
    this.scale = scale;
    this.resetAxes();
  }

  protected draw(frame: DrawState): void {
    this.frame = frame;
    // An edit forgets records when it is sent, and is in the experiment once it is answered: both count.
    const changed = frame.recording.epoch !== this.epoch || frame.experiment !== this.experiment;
    if (changed || frame.selected !== this.selected) this.recordingChanged(frame);
    this.scan(frame);
    this.preview.update(frame.experiment, this.lastStep);
    this.session.previewUpTo(this.lastStep);
    if (!this.panes[0]?.view.width) return;
    this.lines.draw(frame, this.panes, this.limits, this.theme);
    const limit = limitAt(this.limits, this.hover >= 0 ? this.hover : frame.head);
    this.cursor.draw(frame, this.panes, { hover: this.hover, limit, preview: this.preview }, this.theme);
  }

  /** The recorded step at a place in CSS pixels within the host; -1: none. */
  stepAt(px: number): number {
    const view = this.panes[0]?.view;
    if (!view?.width || !this.frame) return -1;
    return Math.min(Math.max(0, this.frame.recording.last), Math.max(0, Math.round(fromX(view, px))));
  }

  paneAt(py: number): Pane | null {
    return this.panes.find((pane) => py >= pane.view.top - headOf(pane, this.theme.fontScale) - 2 && py <= pane.view.top + pane.view.height) ?? null;
  }

  private recordingChanged(frame: DrawState): void {
    const { experiment, recording, selected } = frame;
    this.epoch = recording.epoch;
    this.experiment = experiment;
    this.selected = selected;
    this.limits = limitsOf(experiment, selected);
    const key = JSON.stringify([experiment.problem, experiment.runs, frame.scene?.bounds]);
    if (key === this.axesKey) {
      // An edit: the axes keep their ranges, the records are read again.
      this.scanned.fill(0);
      this.lines.invalidate();
      return;
    }
    this.axesKey = key;
    this.negative.clear();
    this.lastStep = stepRange(0);
    this.preview.clear();
    this.resetAxes();
  }

  /** Empty axes for the charts that are shown. */
  private resetAxes(): void {
    this.panes = this.ids.map((id) => {
      const series = SERIES.find((entry) => entry.id === id) as Series;
      return paneOf(series, new AxisRange(this.isLogarithmic(id), series.signed || this.negative.has(id), series.most));
    });
    this.scanned.fill(0);
    this.previewHeld = false;
    this.ghosts = [];
    this.onscale(this.isLogarithmic('loss'));
    if (this.frame) this.scan(this.frame);
    this.requestPlot();
  }

  private isLogarithmic(id: ChartId): boolean {
    if (id === 'curvature') return !this.negative.has(id);
    if (id === 'gradNorm') return this.scale !== 'linear';
    return id === 'loss' && (this.scale === 'log' || (this.scale === 'auto' && !this.negative.has(id)));
  }

  /** Makes the axes hold the records up to the play head; reads each record once. */
  private scan(frame: DrawState): void {
    const { recording, head, scene } = frame;
    const bounds = scene?.bounds ?? [];
    let grew = false;
    for (let run = 0; run < recording.tracks.length; run++) {
      const track = recording.tracks[run] as Track;
      const until = Math.min(head + 1, track.length);
      for (let k = this.scanned[run] as number; k < until; k++) {
        const near = isNearScene(track, k, bounds);
        for (const { series, range } of this.panes) {
          const lines = series.lines(track);
          for (let line = 0; line < lines; line++) {
            const value = series.value(track, k, line);
            if (range.log && value < 0 && this.becomesLinear(series.id)) return;
            if (range.add(value, near)) grew = true;
          }
        }
      }
      if (until > (this.scanned[run] as number)) this.scanned[run] = until;
    }
    if (this.hold('curvature', this.limits.map(({ limit }) => limit))) grew = true;
    if (!this.previewHeld && this.hold('lr', this.preview.rates.flatMap(({ lr }) => [...lr.values]))) grew = true;
    this.previewHeld = true;
    const needed = frame.ghosts.length > 0 ? head / (1 - AHEAD) : head;
    if (needed > this.lastStep) {
      this.lastStep = stepRange(needed);
      grew = true;
    }
    if (frame.ghosts !== this.ghosts && this.holdGhosts(frame, bounds)) grew = true;
    if (this.holdMoves(frame, bounds)) grew = true;
    for (const pane of this.panes) {
      const keyed = hasKey(pane.series, recording.tracks);
      if (keyed !== pane.keyed) grew = true;
      pane.keyed = keyed;
    }
    if (grew) this.requestPlot();
  }

  /** Makes the axes hold the places to which edits have moved runs; true when one grew. */
  private holdMoves({ moves, head }: DrawState, bounds: readonly (readonly number[])[]): boolean {
    let grew = false;
    for (const move of moves) {
      if (move.step > head) continue;
      for (const { series, range } of this.panes) {
        for (let line = 0; series.moved && line < move.dim; line++) {
          if (range.add(series.moved(move, line), isNearScene(move, 0, bounds))) grew = true;
        }
      }
    }
    return grew;
  }

  /** Makes the axes hold what would come at a dragged value, as they will hold it once it is recorded; true when one grew. */
  private holdGhosts({ ghosts, head }: DrawState, bounds: readonly (readonly number[])[]): boolean {
    this.ghosts = ghosts;
    let grew = false;
    for (const ghost of ghosts) {
      for (const { series, range } of this.panes) {
        for (const values of series.ghost?.(ghost) ?? []) {
          for (let k = 0; k < values.length; k++) {
            const step = ghost.steps[k] as number;
            if (step < head || step > this.lastStep) continue;
            if (range.add(values[k] as number, ghost.dim > 0 ? isNearScene(ghost, k, bounds) : !ghost.diverged)) grew = true;
          }
        }
      }
    }
    return grew;
  }

  /** Makes the axis of one chart hold values; true when it grew. */
  private hold(id: ChartId, values: readonly number[]): boolean {
    const range = this.panes.find(({ series }) => series.id === id)?.range;
    return range ? values.filter((value) => range.add(value, true)).length > 0 : false;
  }

  /** A logarithmic axis with a value below 0 becomes linear, unless the user chose its scale; true when it did. */
  private becomesLinear(id: ChartId): boolean {
    if (this.negative.has(id)) return false;
    this.negative.add(id);
    if (this.isLogarithmic(id)) return false;
    this.resetAxes();
    return true;
  }

  protected ready(): boolean {
    return this.panes.length > 0;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const { panes } = this;
    const { data, layout } = paneFigure(panes, this.lastStep, this.theme, { width, height });
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, staticPlot: true });
    // Where other charts were chosen meanwhile, those are drawn next.
    if (panes === this.panes) panes.forEach((pane, n) => readViewport(this.plot, pane.view, axisName(n)));
  }

  protected plotDrawn(): void {
    this.lines.invalidate();
    this.requestOverlay();
  }
}

/** Whether a chart has a line for each of several parts of the data, which a key above it names. */
function hasKey(series: Series, tracks: readonly Track[]): boolean {
  return series.part !== undefined && tracks.some((track) => track.length > 0 && series.lines(track) > 1);
}

/** Within the scene's bounds, widened by half their size on each side. */
function isNearScene(track: Pick<Ghost, 'dim' | 'params'>, k: number, bounds: readonly (readonly number[])[]): boolean {
  for (let i = 0; i < track.dim && i < bounds.length; i++) {
    const [low, high] = bounds[i] as [number, number];
    const value = track.params[k * track.dim + i] as number;
    if (!(value >= 1.5 * low - 0.5 * high && value <= 1.5 * high - 0.5 * low)) return false;
  }
  return true;
}
