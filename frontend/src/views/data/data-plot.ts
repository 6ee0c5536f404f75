/** The data with the fits: axes and samples drawn by Plotly, between two canvases that follow the play head. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { DrawState, Session } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { runColour } from '../../render/colours/theme-colours';
import type { ImageSource } from '../../render/image-export/plot-image';
import { FramePlot } from '../../render/plot/frame-plot';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { emptyViewport, readViewport, type Interval } from '../../render/viewport/viewport';
import { pick } from '../../ui/i18n/i18n.svelte';
import { DecisionMap } from './decision-map';
import type { DrawnFits } from './drawn-fits';
import { ExactFits } from './exact-fits';
import { dataFigure, targetRange } from './figure';
import { drawCurve, drawPredictions, drawThresholds, thresholds } from './fitted-curves';
import { ImageGrid } from './images';

/** What is drawn of the fits. */
interface Drawing {
  readonly picture: DataPicture;
  readonly selected: number;
  readonly runs: readonly number[];
  /** Of each of the runs. */
  readonly fits: readonly (Fit | null)[];
}

/** CSS pixels of the window: that of a small phone. */
const NARROW = 380;

export class DataPlot extends FramePlot {
  readonly view = emptyViewport();
  /** Called with the open experiment's data. */
  onpicture: (picture: DataPicture) => void = () => {};
  /** Called when a fit that was asked for has come. */
  onfit: () => void = () => {};
  /** Called when `view` has changed. */
  onview: () => void = () => {};

  private picture: DataPicture | null = null;
  private range: Interval = [0, 1];
  private problem = '';
  private drawn: readonly unknown[] = [];
  /** Whether only the axes are shown, because all points were cleared. */
  private empty = false;
  private readonly decision = new DecisionMap();
  private readonly images = new ImageGrid();
  private readonly fits: ExactFits;
  private readonly query: LatestQuery<[], DataPicture>;

  constructor(host: HTMLElement, session: Session, drawnFits: DrawnFits) {
    super(host, session, ['canvas', 'plot', 'canvas']);
    this.fits = new ExactFits(session, () => {
      this.requestOverlay();
      this.onfit();
    });
    this.query = new LatestQuery(() => session.data(), (picture) => this.dataArrived(picture), 0);
    this.onStop(() => this.query.stop());
    this.onStop(() => this.fits.stop());
    this.onStop(drawnFits.drawnBy((run) => this.fitOf(run)));
  }

  /** Shows only the axes until there is another experiment, or the data again. */
  setEmpty(empty: boolean): void {
    if (empty === this.empty) return;
    this.empty = empty;
    this.requestPlot();
  }

  /** The fit that is drawn of a run at the step on screen. */
  fitOf(run: number): Fit | null {
    return this.frame ? this.fits.of(this.frame, run) : null;
  }

  protected draw(frame: DrawState): void {
    this.frame = frame;
    const { problem, seed } = frame.experiment;
    if (problem.kind !== 'learning') return;
    const key = JSON.stringify([problem.dataset, problem.split, problem.model, problem.loss, seed]);
    if (key !== this.problem) {
      this.problem = key;
      this.fits.clear();
      this.query.ask();
    }
    const drawing = this.drawing(frame);
    if (!drawing) return;
    const { picture, selected, runs, fits } = drawing;
    this.fits.want(frame, runs);
    const now = [picture, this.theme, this.empty, selected, ...runs, ...fits];
    if (now.length === this.drawn.length && now.every((value, n) => value === this.drawn[n])) return;
    this.drawn = now;
    const [below, above] = this.layers as readonly [CanvasLayer, CanvasLayer];
    this.drawFits(below, above, drawing);
  }

  /** null while there is nothing to save. */
  imageSource(): ImageSource | null {
    const { plotly, plot, theme, frame, layers: [layer] } = this;
    const drawing = frame && this.drawing(frame);
    if (!plotly || !drawing || !layer) return null;
    return {
      plotly: drawing.picture.kind === 'images' ? null : plotly,
      plot, theme, width: layer.width, height: layer.height,
      draw: (below, above) => this.drawFits(below, above, drawing),
    };
  }

  private drawing(frame: DrawState): Drawing | null {
    const { picture } = this;
    if (!picture || this.view.width === 0) return null;
    const { selected } = frame;
    const runs = visibleRuns(frame, picture);
    return { picture, selected, runs, fits: runs.map((run) => this.fits.of(frame, run)) };
  }

  private drawFits(below: CanvasLayer, above: CanvasLayer, { picture, selected, runs, fits }: Drawing): void {
    const { view, theme } = this;
    below.clear();
    above.clear();
    if (this.empty) return;
    if (picture.kind === 'images') {
      this.images.draw(above.context, above.width, above.height, picture, fits[0] ?? null, picture.classes.map(pick), theme);
      return;
    }
    // Curves lie below the samples' points; of a table there are no samples, only predictions.
    const context = (picture.kind === 'table' ? above : below).clip(view);
    runs.forEach((run, n) => {
      const fit = fits[n];
      if (!fit) return;
      const colour = runColour(theme, run);
      if (picture.kind === 'map') this.decision.draw(context, view, picture, fit, this.range, theme);
      else if (picture.kind === 'table') drawPredictions(context, view, picture, fit, colour, theme);
      else {
        drawCurve(context, view, picture, fit, colour, run === selected, theme);
        if (run === selected) drawThresholds(context, view, thresholds(picture, fit), colour, theme);
      }
    });
    context.restore();
  }

  private dataArrived(picture: DataPicture): void {
    this.picture = picture;
    this.range = targetRange(picture);
    this.empty = false;
    this.onpicture(picture);
    this.requestPlot();
  }

  protected ready(): boolean {
    return this.picture !== null;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const picture = this.picture as DataPicture;
    if (picture.kind === 'images') {
      plotly.purge(this.plot);
      Object.assign(this.view, { left: 0, top: 0, width, height });
      return;
    }
    const { data, layout } = dataFigure(picture, this.theme, { width, height }, innerWidth < NARROW);
    await plotly.react(this.plot, this.empty ? [] : data, layout, PLOTLY_CONFIG);
    readViewport(this.plot, this.view);
  }

  protected plotDrawn(): void {
    stageWasDrawn();
    this.drawn = [];
    this.onview();
    this.requestOverlay();
  }
}

/** Whose fits are drawn: a decision map and images show the selected run, curves and points all visible ones, it on top. */
function visibleRuns({ recording, visible, selected }: DrawState, picture: DataPicture): readonly number[] {
  if (picture.kind === 'map' || picture.kind === 'images' || picture.classes.length > 2) return [selected];
  const others = recording.tracks.map((_, run) => run).filter((run) => run !== selected);
  return [...others, selected].filter((run) => visible[run] !== false);
}
