/** The flat stage: Plotly's map or curve, the grid under it, and the two canvases over it. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { DrawState, Grid, Session } from '../../core/session/types';
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { Pictured } from '../../render/picture/picture';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { emptyViewport, fitRanges, readViewport } from '../../render/viewport/viewport';
import { arrowLabels } from '../loss-scene/arrow-labels';
import { Points } from '../loss-scene/critical-points';
import { curveFigure, curveRange, mapFigure, marginsOf, type Ranges } from '../loss-scene/figures';
import { PlayHeadMarkers } from '../loss-scene/markers';
import { Paths } from '../loss-scene/paths';
import { flatPlace, flatProject, type Project } from '../loss-scene/projection';
import type { StepArrows } from '../loss-scene/step-arrows.svelte';

const CELLS = 132;
/** Milliseconds that the view must rest before its surface is asked for. */
const REST = 150;
/** The grid goes this share beyond the view on every side, so that panning does not show a bare edge at once. */
const BEYOND = 0.1;

interface PlotEvents {
  on(event: string, listener: () => void): void;
  removeAllListeners?(event: string): void;
}

export class Map2d extends PlotHost {
  readonly view = emptyViewport();
  readonly heads: PlayHeadMarkers;
  /** Told when the view is, or no longer is, another than the scene's own. */
  onzoomed: (zoomed: boolean) => void = () => {};
  /** Told which critical points the picture shows. */
  onpoints: (points: readonly CriticalPoint[]) => void = () => {};
  /** The last frame asked for; drawn again when the picture under it moves. */
  frame: DrawState | null = null;

  private scene: Scene | null = null;
  private problem = '';
  /** The problem whose critical points were asked for. */
  private searched = '';
  private grid: Grid | null = null;
  private ranges: Ranges = [[0, 1], [0, 1]];
  private zoomed = false;
  private held = false;
  private listening = false;
  private readonly trailLayer: CanvasLayer;
  private readonly headLayer: CanvasLayer;
  private readonly trails: Paths;
  private readonly project: Project;
  private readonly surface: LatestQuery<[bounds: [number, number][], shape: number[]], Grid>;
  private readonly points: Points;

  constructor(
    host: HTMLElement,
    plot: HTMLElement,
    trailCanvas: HTMLCanvasElement,
    headCanvas: HTMLCanvasElement,
    session: Session,
    private readonly arrows: StepArrows,
  ) {
    super(host, plot);
    this.trailLayer = new CanvasLayer(trailCanvas);
    this.headLayer = new CanvasLayer(headCanvas);
    this.trails = new Paths(this.trailLayer, this.view);
    this.heads = new PlayHeadMarkers(this.headLayer, this.view, arrows);
    this.project = flatProject(this.view);
    this.heads.still.place = flatPlace(this.view);
    this.surface = new LatestQuery((bounds, shape) => session.surface(bounds, shape), (grid) => this.gridArrived(grid), REST);
    this.points = new Points(session, (points) => this.pointsArrived(points));
    this.until(session.onFrame((frame) => this.draw(frame)));
    this.until(arrows.watch(() => this.redraw()));
  }

  override stop(): void {
    super.stop();
    this.surface.stop();
    this.points.stop();
  }

  /** The hot path: paths and points of one moment. */
  draw(frame: DrawState): void {
    if (!frame.scene) return; // no map of this problem: another view takes over
    this.frame = frame;
    if (frame.scene !== this.scene) this.sceneChanged(frame, frame.scene);
    if (this.view.width === 0) return;
    this.trails.draw(frame, this.theme, this.project);
    this.heads.draw(frame, this.theme, this.project);
  }

  /** What a picture of it is made of; null before there is one. */
  pictured(): Pictured | null {
    const { plotly, plot, theme, frame, view, project, arrows } = this;
    if (!plotly || !frame || view.width === 0) return null;
    const over = (trails: CanvasLayer, heads: CanvasLayer): void => {
      new Paths(trails, view).draw(frame, theme, project);
      new PlayHeadMarkers(heads, view, arrows, this.heads.still).draw(frame, theme, project);
    };
    const keys = arrows.on ? arrowLabels(arrows.scales, frame.scene?.dim ?? 2) : [];
    return { plotly, plot, theme, width: this.trailLayer.width, height: this.trailLayer.height, arrows: keys, over };
  }

  get isZoomed(): boolean {
    return this.zoomed;
  }

  /** factor < 1 shows less. */
  zoom(factor: number): void {
    this.ranges = this.ranges.map(([low, high]) => {
      const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
      return [middle - half, middle + half];
    }) as Ranges;
    this.setZoomed(true);
    this.change();
    this.askGrid(true);
  }

  /** Other ranges, in axis units. */
  show(ranges: Ranges): void {
    this.ranges = ranges;
    this.setZoomed(true);
    this.change();
    this.askGrid(true);
  }

  /** Back to the scene's own view. */
  home(): void {
    this.setZoomed(false);
    this.fit();
    this.change();
    this.askGrid(false);
  }

  /** While a pointer holds the picture, it is not drawn anew under it. */
  hold(held: boolean): void {
    this.held = held;
    if (!held) this.change();
  }

  private sceneChanged(frame: DrawState, scene: Scene): void {
    this.scene = scene;
    const problem = JSON.stringify(frame.experiment.problem) + JSON.stringify(scene.bounds);
    if (problem === this.problem) return; // another start or optimizer: the same picture
    this.problem = problem;
    this.grid = null;
    this.setZoomed(false);
    this.trails.invalidate();
    this.fit();
    this.change();
    this.askGrid(false);
  }

  private fit(): void {
    if (!this.scene) return;
    const box = this.host.getBoundingClientRect();
    const { l, r, t, b } = marginsOf(this.theme);
    const [width, height] = [Math.max(box.width - l - r, 50), Math.max(box.height - t - b, 50)];
    const bounds = this.scene.bounds as readonly (readonly [number, number])[];
    if (this.scene.dim === 1) {
      const [low, high] = bounds[0] ?? [0, 1];
      this.ranges = [[low, high], this.grid ? curveRange(this.grid, this.curveLog()) : [0, 1]];
    } else {
      this.ranges = fitRanges(bounds, width, height);
    }
  }

  private curveLog(): boolean {
    return Boolean(this.scene?.log_height && this.grid?.z.every((value) => !(value <= 0)));
  }

  private askGrid(soon: boolean): void {
    if (!this.scene) return;
    const [x, y] = this.ranges;
    const pad = ([low, high]: [number, number], share: number): [number, number] => [
      low - (high - low) * share,
      high + (high - low) * share,
    ];
    const one = this.scene.dim === 1;
    const bounds = one ? [pad(x, 0)] : [pad(x, BEYOND), pad(y, BEYOND)];
    const shape = one ? [600] : [CELLS, CELLS];
    const shown: [number, number][] = one ? [x] : [x, y];
    if (soon) this.surface.askSoon(bounds, shape);
    else this.surface.ask(bounds, shape);
    if (this.searched === this.problem) this.points.moved(shown);
    else this.points.begin(this.scene, shown);
    this.searched = this.problem;
  }

  private gridArrived(grid: Grid): void {
    this.grid = grid;
    if (this.scene?.dim === 1 && !this.zoomed) this.fit();
    this.change();
  }

  private pointsArrived(points: readonly CriticalPoint[]): void {
    this.heads.still.points = points;
    this.onpoints(points);
    this.change();
  }

  protected override restyled(): void {
    if (!this.zoomed) this.fit();
    this.trails.invalidate();
    this.change();
  }

  protected override resized(): void {
    if (!this.zoomed) this.fit();
    this.change();
    if (this.scene && !this.zoomed && this.scene.dim > 1) this.askGrid(true);
  }

  protected ready(): boolean {
    return this.scene !== null && !this.held;
  }

  protected async draws(plotly: Plotly, width: number, height: number): Promise<void> {
    const scene = this.scene as Scene;
    const { data, layout } =
      scene.dim === 1
        ? curveFigure(scene, this.grid, this.points.now, this.ranges, this.theme, this.curveLog())
        : mapFigure(scene, this.grid, this.points.now, this.ranges, this.theme);
    await plotly.react(this.plot, data, { ...layout, width, height }, { ...PLOTLY_CONFIG, scrollZoom: true });
  }

  protected placed(width: number, height: number): void {
    if (!this.listening) this.listen();
    stageWasDrawn();
    this.trailLayer.resize(width, height);
    this.headLayer.resize(width, height);
    readViewport(this.plot, this.view);
    this.trails.invalidate();
    this.redraw();
  }

  protected repaint(): void {
    if (this.frame) this.draw(this.frame);
  }

  private listen(): void {
    this.listening = true;
    const events = this.plot as unknown as PlotEvents;
    const moved = (): void => {
      if (!readViewport(this.plot, this.view)) return;
      const { x0, x1, y0, y1 } = this.view;
      this.ranges = [[x0, x1], [y0, y1]];
      this.setZoomed(true);
      this.trails.invalidate();
      this.redraw();
    };
    events.on('plotly_relayouting', moved);
    events.on('plotly_relayout', () => {
      moved();
      if (this.zoomed) this.askGrid(true);
    });
  }

  private setZoomed(zoomed: boolean): void {
    if (zoomed === this.zoomed) return;
    this.zoomed = zoomed;
    this.onzoomed(zoomed);
  }
}
