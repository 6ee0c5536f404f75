/** The data with the fits: Plotly's axes and samples between two canvases that alone are drawn each frame. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { DrawState, Session } from '../../core/session/types';
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { Pictured } from '../../render/picture/picture';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { emptyViewport, readViewport } from '../../render/viewport/viewport';
import { pick } from '../../ui/i18n/i18n.svelte';
import { Decision, type Range } from './decision-map';
import type { DrawnFits } from './drawn-fits';
import { ExactFits } from './exact-fits';
import { ground, targetRange } from './figure';
import { drawCurve, drawHalves, drawPredictions, halves } from './fitted-curves';
import { Images } from './images';

export class DataPlot extends PlotHost {
  readonly view = emptyViewport();
  /** Told what the open experiment's data are; null while that is not known. */
  onpicture: (picture: DataPicture | null) => void = () => {};
  /** Told when a fit is there that was asked for: nothing else moves then. */
  onfit: () => void = () => {};
  /** Told when `view` is that of new axes. */
  onplaced: () => void = () => {};

  private picture: DataPicture | null = null;
  private range: Range = [0, 1];
  private problem = '';
  private frame: DrawState | null = null;
  private drawn: readonly unknown[] = [];
  /** No samples and no fit: the person has taken all points away. */
  private bare = false;
  private readonly under: CanvasLayer;
  private readonly over: CanvasLayer;
  private readonly decision = new Decision();
  private readonly images = new Images();
  private readonly fits: ExactFits;
  private readonly data: LatestQuery<[], DataPicture>;

  constructor(
    host: HTMLElement,
    plot: HTMLElement,
    under: HTMLCanvasElement,
    over: HTMLCanvasElement,
    session: Session,
    drawnFits: DrawnFits,
  ) {
    super(host, plot);
    this.under = new CanvasLayer(under);
    this.over = new CanvasLayer(over);
    this.fits = new ExactFits(session, () => {
      this.redraw();
      this.onfit();
    });
    this.data = new LatestQuery(() => session.data(), (picture) => this.arrived(picture), 0);
    this.until(session.onFrame((frame) => this.draw(frame)));
    this.until(drawnFits.drawnBy((run) => this.fitOf(run)));
  }

  override stop(): void {
    super.stop();
    this.data.stop();
    this.fits.stop();
  }

  /** Nothing but the axes, until there is another experiment; or the data again. */
  empty(bare: boolean): void {
    if (bare === this.bare) return;
    this.bare = bare;
    this.change();
  }

  /** The hot path: what the runs' models say at one moment. */
  draw(frame: DrawState): void {
    this.frame = frame;
    const { problem, seed } = frame.experiment;
    if (problem.kind !== 'learning') return;
    const asked = JSON.stringify([problem.dataset, problem.split, problem.model, problem.loss, seed]);
    if (asked !== this.problem) {
      this.problem = asked;
      this.fits.forget();
      this.data.ask();
    }
    const { picture, view } = this;
    if (!picture || view.width === 0) return;
    const runs = this.runs(frame, picture);
    const fits = runs.map((run) => this.fits.of(frame, run));
    this.fits.want(frame, runs);
    const now = [picture, this.theme, this.bare, frame.selected, ...runs, ...fits];
    if (now.length === this.drawn.length && now.every((value, n) => value === this.drawn[n])) return;
    this.drawn = now;
    this.paint(this.under, this.over, frame, picture, runs, fits);
  }

  /** The fit that is drawn of a run at the step on screen. */
  fitOf(run: number): Fit | null {
    return this.frame ? this.fits.of(this.frame, run) : null;
  }

  /** What a picture of it is made of; null before there is one. */
  pictured(): Pictured | null {
    const { plotly, plot, theme, frame, view, picture } = this;
    if (!plotly || !frame || !picture || view.width === 0) return null;
    const runs = this.runs(frame, picture);
    const fits = runs.map((run) => this.fits.of(frame, run));
    const paint = (under: CanvasLayer, over: CanvasLayer): void => this.paint(under, over, frame, picture, runs, fits);
    const blank = (): CanvasLayer => new CanvasLayer(document.createElement('canvas'));
    return {
      plotly: picture.kind === 'images' ? null : plotly,
      plot, theme, width: this.over.width, height: this.over.height,
      under: (layer) => paint(layer, blank()),
      over: (layer) => paint(blank(), layer),
    };
  }

  /** Whose fits are drawn: a map and pictures have room for one run's answer, lines and points for all of them. */
  private runs(frame: DrawState, picture: DataPicture): number[] {
    if (picture.kind === 'map' || picture.kind === 'images' || picture.classes.length > 2) return [frame.selected];
    const shown = frame.recording.tracks.map((_, run) => run).filter((run) => frame.visible[run] !== false && run !== frame.selected);
    return frame.visible[frame.selected] === false ? shown : [...shown, frame.selected]; // the selected one above the others
  }

  private paint(under: CanvasLayer, over: CanvasLayer, frame: DrawState, picture: DataPicture, runs: readonly number[], fits: readonly (Fit | null)[]): void {
    const { view, theme } = this;
    under.clear();
    over.clear();
    if (this.bare) return;
    if (picture.kind === 'images') {
      this.images.draw(over.context, this.over.width, this.over.height, picture, fits[0] ?? null, picture.classes.map(pick), theme);
      return;
    }
    // Lines lie under the samples' points; predictions have none below them.
    const { context } = picture.kind === 'table' ? over : under;
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    runs.forEach((run, n) => {
      const fit = fits[n];
      if (!fit) return;
      const colour = theme.runs[run % theme.runs.length] as string;
      if (picture.kind === 'map') this.decision.draw(context, view, picture, fit, this.range, theme);
      else if (picture.kind === 'table') drawPredictions(context, view, picture, fit, colour, theme);
      else {
        drawCurve(context, view, picture, fit, colour, run === frame.selected, theme);
        if (run === frame.selected) drawHalves(context, view, halves(picture, fit), colour, theme);
      }
    });
    context.restore();
  }

  private arrived(picture: DataPicture): void {
    this.picture = picture;
    this.range = targetRange(picture);
    this.bare = false;
    this.onpicture(picture);
    this.change();
  }

  protected ready(): boolean {
    return this.picture !== null;
  }

  protected async draws(plotly: Plotly, width: number, height: number): Promise<void> {
    const picture = this.picture as DataPicture;
    if (picture.kind === 'images') {
      plotly.purge(this.plot);
      Object.assign(this.view, { left: 0, top: 0, width, height });
      return;
    }
    const { data, layout } = ground(picture, { width, height }, this.theme);
    await plotly.react(this.plot, this.bare ? [] : data, layout, PLOTLY_CONFIG);
    readViewport(this.plot, this.view);
  }

  protected placed(width: number, height: number): void {
    stageWasDrawn();
    this.under.resize(width, height);
    this.over.resize(width, height);
    this.drawn = [];
    this.onplaced();
    this.redraw();
  }

  protected repaint(): void {
    if (this.frame) this.draw(this.frame);
  }
}
