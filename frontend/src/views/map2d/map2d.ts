/** The loss on a plane: the map of two parameters, or the curve of one, which can be panned and zoomed. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { Scene } from '../../core/protocol/wire';
import type { DrawState, Grid, Session } from '../../core/session/types';
import { marginsOf } from '../../render/plot/figure-parts';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { fitRanges, fromX, fromY, readViewport, roundToPixel, toX, toY, type Place } from '../../render/viewport/viewport';
import { curveFigure, curveRange, heightEnds, mapFigure, type Ranges } from '../loss-scene/figures';
import { LossScenePlot } from '../loss-scene/loss-scene-plot';
import { mapPointProjection, mapProjection } from '../loss-scene/projection';
import type { StepArrows } from '../loss-scene/step-arrows.svelte';
import type { MapOverlay } from './map-overlay';
import type { PlacingPlot } from './pointer';

/** Grid cells along each axis of the map, and along the curve. */
const MAP_CELLS = 132;
const CURVE_CELLS = 600;
/** Milliseconds that the view must rest before its grid is asked for. */
const REST = 150;
/** The grid extends this share beyond the view on every side, so that panning does not show a bare edge at once. */
const BEYOND = 0.1;

interface PlotEvents {
  on(event: string, listener: () => void): void;
}

export class Map2d extends LossScenePlot implements PlacingPlot {
  /** Called when the view starts or stops to differ from the scene's own. */
  onzoomed: (zoomed: boolean) => void = () => {};

  /** Called with the losses at the ends of the colours, or null where there are none. */
  onheights: (ends: { readonly low: number; readonly high: number } | null) => void = () => {};

  private ranges: Ranges = [[0, 1], [0, 1]];
  private zoomed = false;
  private held = false;
  private listening = false;
  /** Whether the critical points of this problem were asked for. */
  private searched = false;

  constructor(host: HTMLElement, session: Session, arrows: StepArrows, private readonly overlay: MapOverlay | null) {
    super(host, session, REST, arrows);
    this.onStop(arrows.watch(() => this.requestOverlay()));
    if (overlay) this.onStop(overlay.watch(() => this.requestOverlay()));
  }

  get isZoomed(): boolean {
    return this.zoomed;
  }

  /** factor < 1 shows less. */
  zoom(factor: number): void {
    this.show(
      this.ranges.map(([low, high]) => {
        const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
        return [middle - half, middle + half];
      }) as Ranges,
    );
  }

  /** Other ranges, in axis units. */
  show(ranges: Ranges): void {
    this.ranges = ranges;
    this.setZoomed(true);
    this.requestPlot();
    this.query(true);
  }

  /** Back to the scene's own view. */
  reset(): void {
    this.setZoomed(false);
    this.fit();
    this.requestPlot();
    this.query(false);
  }

  /** In the digits that a pixel is worth. */
  pointAt({ x, y }: Place): number[] {
    const { view } = this;
    const at = [roundToPixel(fromX(view, x), (view.x1 - view.x0) / view.width)];
    if (this.scene?.dim !== 1) at.push(roundToPixel(fromY(view, y), (view.y1 - view.y0) / view.height));
    return at;
  }

  /** While a pointer holds the plot, it is not drawn again under it. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.requestPlot();
  }

  protected override draw(frame: DrawState): void {
    super.draw(frame);
    const layer = this.layers.at(-1);
    if (!this.overlay || !this.projection || !layer) return;
    const context = layer.clip(this.view);
    this.overlay.draw(context, (x, y) => ({ x: toX(this.view, x), y: toY(this.view, y) }), this.theme);
    context.restore();
  }

  protected problemChanged(): void {
    this.grid = null;
    this.onheights(null);
    this.searched = false;
    this.paths.invalidate();
    this.reset();
  }

  protected gridArrived(grid: Grid): void {
    this.grid = grid;
    this.heightsChanged();
    if (this.scene?.dim === 1 && !this.zoomed) this.fit();
    this.requestPlot();
  }

  protected override pointsChanged(): void {
    this.heightsChanged();
    super.pointsChanged();
  }

  private heightsChanged(): void {
    const { scene, grid } = this;
    this.onheights(scene && grid && scene.dim > 1 ? heightEnds(scene, grid, this.points.now) : null);
  }

  protected override themeChanged(): void {
    if (!this.zoomed) this.fit();
    this.paths.invalidate();
    this.requestPlot();
  }

  protected override resized(): void {
    if (!this.zoomed) this.fit();
    this.requestPlot();
    if (this.scene && !this.zoomed && this.scene.dim > 1) this.query(true);
  }

  protected ready(): boolean {
    return this.scene !== null && !this.held;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const scene = this.scene as Scene;
    const plot = { scene, grid: this.grid, points: this.points.now, ranges: this.ranges, logarithmic: this.isLogarithmic() };
    const { data, layout } = (scene.dim === 1 ? curveFigure : mapFigure)(plot, this.theme, { width, height });
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, scrollZoom: true });
  }

  protected plotDrawn(): void {
    if (!this.listening) this.listen();
    stageWasDrawn();
    readViewport(this.plot, this.view);
    this.projection ??= { record: mapProjection(this.view), point: mapPointProjection(this.view) };
    this.paths.invalidate();
    this.requestOverlay();
  }

  /** The scene's own view. */
  private fit(): void {
    if (!this.scene) return;
    const bounds = this.scene.bounds as readonly (readonly [number, number])[];
    if (this.scene.dim === 1) {
      const [low, high] = bounds[0] ?? [0, 1];
      this.ranges = [[low, high], this.grid ? curveRange(this.grid, this.isLogarithmic()) : [0, 1]];
    } else {
      const box = this.host.getBoundingClientRect();
      const { l, r, t, b } = marginsOf(this.theme);
      this.ranges = fitRanges(bounds, Math.max(box.width - l - r, 50), Math.max(box.height - t - b, 50));
    }
  }

  /** Of the curve's loss axis. */
  private isLogarithmic(): boolean {
    return Boolean(this.scene?.log_height && this.grid?.z.every((value) => !(value <= 0)));
  }

  /** Asks for the losses and critical points of the view: at once, or once it rests. */
  private query(whenAtRest: boolean): void {
    const { scene } = this;
    if (!scene) return;
    const shown: [number, number][] = scene.dim === 1 ? [this.ranges[0]] : this.ranges;
    const beyond = scene.dim === 1 ? 0 : BEYOND;
    const bounds = shown.map(([low, high]) => [low - (high - low) * beyond, high + (high - low) * beyond] as [number, number]);
    const shape = scene.dim === 1 ? [CURVE_CELLS] : [MAP_CELLS, MAP_CELLS];
    if (whenAtRest) this.gridQuery.askSoon(bounds, shape);
    else this.gridQuery.ask(bounds, shape);
    if (this.searched) this.points.viewChanged(shown);
    else this.points.problemChanged(scene, shown);
    this.searched = true;
  }

  private listen(): void {
    this.listening = true;
    const events = this.plot as unknown as PlotEvents;
    const moved = (): void => {
      if (!readViewport(this.plot, this.view)) return;
      const { x0, x1, y0, y1 } = this.view;
      this.ranges = [[x0, x1], [y0, y1]];
      this.setZoomed(true);
      this.paths.invalidate();
      this.requestOverlay();
    };
    events.on('plotly_relayouting', moved);
    events.on('plotly_relayout', () => {
      moved();
      if (this.zoomed) this.query(true);
    });
  }

  private setZoomed(zoomed: boolean): void {
    if (zoomed === this.zoomed) return;
    this.zoomed = zoomed;
    this.onzoomed(zoomed);
  }
}
