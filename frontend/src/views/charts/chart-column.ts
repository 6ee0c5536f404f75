/** The column of charts: Plotly's frames, the growing lines, the cursor, and when to draw which anew. */
import type { Track } from '../../core/player/track';
import type { DrawState, Session } from '../../core/session/types';
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { fromX, readViewport } from '../../render/viewport/viewport';
import { AxisRange, stepRange } from './axis-range';
import { Cursor } from './cursor';
import { LearningRatePreview } from './learning-rate-preview';
import { Lines } from './lines';
import { axisName, paneFigure, paneOf, type Pane } from './panes';
import { SERIES, type ChartId } from './series';
import { limitAt, limits, type Limit } from './stability-limit';

export type Scale = 'auto' | 'log' | 'linear';

export class ChartColumn extends PlotHost {
  panes: Pane[] = [];
  frame: DrawState | null = null;
  /** The step under the pointer, or -1. */
  hover = -1;
  /** Told when the loss axis turns out to be logarithmic or linear. */
  onscale: (log: boolean) => void = () => {};

  private ids: readonly ChartId[] = [];
  private scale: Scale = 'auto';
  /** Charts of which a value below 0 was seen: no logarithm. */
  private readonly negative = new Set<ChartId>();
  private lastStep = stepRange(0);
  private limits: readonly Limit[] = [];
  private epoch = -1;
  private experiment: DrawState['experiment'] | null = null;
  private selected = -1;
  private key = '';
  /** Per run, the records whose values the axes hold. */
  private readonly scanned = new Int32Array(8);
  private readonly lineLayer: CanvasLayer;
  private readonly cursorLayer: CanvasLayer;
  private readonly lines: Lines;
  private readonly cursor: Cursor;
  private readonly plans: LearningRatePreview;
  /** The axes hold the rates ahead. */
  private held = false;

  constructor(
    host: HTMLElement,
    plot: HTMLElement,
    lineCanvas: HTMLCanvasElement,
    cursorCanvas: HTMLCanvasElement,
    session: Session,
  ) {
    super(host, plot);
    this.lineLayer = new CanvasLayer(lineCanvas);
    this.cursorLayer = new CanvasLayer(cursorCanvas);
    this.lines = new Lines(this.lineLayer);
    this.cursor = new Cursor(this.cursorLayer);
    this.plans = new LearningRatePreview(session, () => {
      this.held = false;
      this.redraw();
    });
    this.until(session.onFrame((frame) => this.draw(frame)));
  }

  override stop(): void {
    super.stop();
    this.plans.stop();
  }

  /** Which charts are on the screen, and how the loss is scaled. */
  configure(ids: readonly ChartId[], scale: Scale): void {
    if (ids === this.ids && scale === this.scale) return;
    this.ids = ids;
    this.scale = scale;
    this.renew();
  }

  /** The hot path. */
  draw(frame: DrawState): void {
    this.frame = frame;
    // Records are forgotten when an edit is sent, and the experiment has it when it is answered: each counts.
    const changed = frame.recording.epoch !== this.epoch || frame.experiment !== this.experiment;
    if (changed || frame.selected !== this.selected) this.recordingChanged(frame);
    this.scan(frame);
    this.plans.follow(frame.experiment, this.lastStep);
    if (this.panes.length === 0 || this.panes[0]?.view.width === 0) return;
    this.lines.draw(frame, this.panes, this.limits, this.theme);
    const at = this.hover >= 0 ? this.hover : frame.head;
    this.cursor.draw(frame, this.panes, this.hover, limitAt(this.limits, at), this.plans, this.theme);
  }

  /** The recorded step at a place in CSS pixels within the column. */
  stepAt(px: number): number {
    const view = this.panes[0]?.view;
    if (!view || view.width === 0 || !this.frame) return -1;
    return Math.min(Math.max(0, this.frame.recording.last), Math.max(0, Math.round(fromX(view, px))));
  }

  paneAt(py: number): Pane | null {
    return this.panes.find((pane) => py >= pane.view.top - 24 && py <= pane.view.top + pane.view.height) ?? null;
  }

  private recordingChanged(frame: DrawState): void {
    const { experiment, recording, selected } = frame;
    this.epoch = recording.epoch;
    this.experiment = experiment;
    this.selected = selected;
    this.limits = limits(experiment, selected);
    const key = JSON.stringify([experiment.problem, experiment.runs, frame.scene?.bounds]);
    if (key !== this.key) {
      // Another experiment: its values say nothing of the last one's axes.
      this.key = key;
      this.negative.clear();
      this.lastStep = stepRange(0);
      this.plans.forget();
      this.renew();
      return;
    }
    // An edit: the axes keep what they held, the records after it are read again.
    this.scanned.fill(0);
    this.lines.invalidate();
    this.scan(frame);
  }

  /** New, empty axes for the charts on the screen. */
  private renew(): void {
    this.panes = this.ids.map((id) => {
      const series = SERIES.find((entry) => entry.id === id) as (typeof SERIES)[number];
      return paneOf(series, new AxisRange(this.isLog(id), series.signed || this.negative.has(id)));
    });
    this.scanned.fill(0);
    this.held = false;
    this.onscale(this.isLog('loss'));
    if (this.frame) this.scan(this.frame);
    this.change();
  }

  private isLog(id: ChartId): boolean {
    if (id === 'curvature') return !this.negative.has(id);
    if (id === 'gradNorm') return this.scale !== 'linear';
    return id === 'loss' && (this.scale === 'log' || (this.scale === 'auto' && !this.negative.has(id)));
  }

  /** Makes the axes hold what has been drawn up to the head. Reads each record once. */
  private scan(frame: DrawState): void {
    const { recording, head, scene } = frame;
    let grew = false;
    for (let run = 0; run < recording.tracks.length; run++) {
      const track = recording.tracks[run] as Track;
      const until = Math.min(head + 1, track.length);
      for (let k = this.scanned[run] as number; k < until; k++) {
        const near = nearScene(track, k, (scene?.bounds ?? []) as readonly (readonly number[])[]);
        for (let n = 0; n < this.panes.length; n++) {
          const { series, range } = this.panes[n] as Pane;
          const lines = series.lines(track);
          for (let line = 0; line < lines; line++) {
            const value = series.value(track, k, line);
            if (range.log && value < 0 && this.turnLinear(series.id)) return;
            if (range.add(value, near)) grew = true;
          }
        }
      }
      if (until > (this.scanned[run] as number)) this.scanned[run] = until;
    }
    for (const pane of this.panes) {
      if (pane.series.id !== 'curvature') continue;
      for (let n = 0; n < this.limits.length; n++) {
        if (pane.range.add((this.limits[n] as Limit).limit, true)) grew = true;
      }
    }
    if (this.hold()) grew = true;
    if (head > this.lastStep) {
      this.lastStep = stepRange(head);
      grew = true;
    }
    if (grew) this.change();
  }

  /** Makes the axis of the rates hold those ahead, once. */
  private hold(): boolean {
    const pane = this.held ? undefined : this.panes.find(({ series }) => series.id === 'lr');
    this.held = true;
    if (!pane) return false;
    let grew = false;
    for (const { lr } of this.plans.told) {
      for (let n = 0; n < lr.values.length; n++) if (pane.range.add(lr.values[n] as number, true)) grew = true;
    }
    return grew;
  }

  /** A value below 0 has no place on a logarithmic axis: a linear one takes over, unless the user chose. */
  private turnLinear(id: ChartId): boolean {
    if (this.negative.has(id)) return false;
    this.negative.add(id);
    if (this.isLog(id)) return false;
    this.renew();
    return true;
  }

  protected ready(): boolean {
    return this.panes.length > 0;
  }

  protected async draws(plotly: Plotly, width: number, height: number): Promise<void> {
    const { panes } = this;
    const { data, layout } = paneFigure(panes, this.lastStep, width, height, this.theme);
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, staticPlot: true });
    // Where other charts were chosen meanwhile, those are drawn next.
    if (panes === this.panes) panes.forEach((pane, n) => readViewport(this.plot, pane.view, axisName(n)));
  }

  protected placed(width: number, height: number): void {
    this.lineLayer.resize(width, height);
    this.cursorLayer.resize(width, height);
    this.lines.font = this.theme.font;
    this.lines.invalidate();
    this.cursor.invalidate();
    this.redraw();
  }

  protected repaint(): void {
    if (this.frame) this.draw(this.frame);
  }
}

/** Within the scene's bounds, widened by half their size on each side. */
function nearScene(track: Track, k: number, bounds: readonly (readonly number[])[]): boolean {
  for (let i = 0; i < track.dim && i < bounds.length; i++) {
    const [low, high] = bounds[i] as [number, number];
    const value = track.params[k * track.dim + i] as number;
    if (!(value >= 1.5 * low - 0.5 * high && value <= 1.5 * high - 0.5 * low)) return false;
  }
  return true;
}
