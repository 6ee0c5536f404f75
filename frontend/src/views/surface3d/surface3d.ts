/**
 * The loss in 3-D: Plotly draws the surface and the axes; contour lines, paths and points are projected through its camera
 * onto the canvases, and are faint or left out where the surface hides them.
 */
import type { Scene } from '../../core/protocol/wire';
import { shortName, surfaceParams } from '../../core/experiment/problem';
import type { Grid, Session } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { PLOTLY_CONFIG, loadPlotly3d, type Plotly } from '../../render/plot/plotly';
import { roundToPixel, type Place } from '../../render/viewport/viewport';
import type { HeightLevels } from '../loss-scene/height-levels';
import { LossScenePlot, type PathsLayer } from '../loss-scene/loss-scene-plot';
import type { PlacingPlot } from '../map2d/pointer';
import { Camera, glScene, surfaceProjection } from './camera';
import { DrapedPaths } from './draped-paths';
import { cameraFrom, surfaceFigure, type Eye } from './figure';
import { drawLevelLines, levelLines, type Level } from './level-lines';
import { Relief } from './relief';

/** Along each axis: narrow valleys need many, and each costs triangles. */
const CELLS = 192;
/** The initial camera position: from a corner and above, far enough to see the whole box. */
const EYE: Eye = { x: 1.12, y: -1.12, z: 1.78 };

export class Surface3d extends LossScenePlot implements PlacingPlot {
  /** Called when the surface has other heights. */
  onlevels: (levels: HeightLevels) => void = () => {};
  /** A click needs to wait for no second one: there is no zoom that a double click undoes. */
  readonly isZoomed = false;

  private readonly camera = new Camera();
  private relief: Relief | null = null;
  private levels: readonly Level[] = [];
  /** What the camera was turned for: another surface is first seen from the initial position. */
  private surface = '';
  private fresh = true;
  /** Plotly's WebGL plot whose drawing the paths follow. */
  private hooked: object | null = null;

  constructor(host: HTMLElement, session: Session) {
    super(host, session, 0, null);
  }

  /** Turns the camera about the vertical. radians: counterclockwise from above. */
  turn(radians: number): void {
    const { x, y, z } = this.eye();
    const [angle, distance] = [Math.atan2(y, x) + radians, Math.hypot(x, y)];
    this.moveCamera({ x: distance * Math.cos(angle), y: distance * Math.sin(angle), z });
  }

  /** Puts the camera back to its initial position. */
  reset(): void {
    this.moveCamera(EYE);
  }

  /** The point of the surface at a place, in the digits that a pixel is worth; null beside the surface. */
  pointAt(place: Place): number[] | null {
    const { relief, grid, view } = this;
    const at = relief?.meet(this.camera.eye, this.camera.rayThrough(place, view));
    return at && grid ? at.map((value, n) => roundToPixel(value, widthOf(grid.bounds[n]) / view.width)) : null;
  }

  /** A drag of a point does not turn the camera: nothing to hold. */
  hold(): void {}

  private eye(): Eye {
    const layout = (this.plot as { _fullLayout?: { scene?: { camera?: { eye?: Eye } } } })._fullLayout;
    return layout?.scene?.camera?.eye ?? EYE;
  }

  private moveCamera(eye: Eye): void {
    if (!this.plotly || !this.hooked) return;
    void this.plotly.relayout(this.plot, { 'scene.camera': cameraFrom(eye) } as object);
  }

  protected problemChanged(scene: Scene): void {
    if (scene.dim !== 2) return;
    const problem = this.frame?.experiment.problem;
    // A parameter that is being moved leaves the camera where it is.
    const surface = problem ? `${shortName(problem)} ${JSON.stringify(surfaceParams(problem)['expression'])}` : '';
    this.fresh ||= surface !== this.surface;
    this.surface = surface;
    const bounds = scene.bounds.map(([low, high]) => [low, high] as [number, number]);
    this.gridQuery.ask(bounds, [CELLS, CELLS]);
    this.points.problemChanged(scene, bounds);
  }

  protected gridArrived(grid: Grid): void {
    if (!this.scene) return;
    this.grid = grid;
    this.relief = new Relief(this.scene, grid);
    this.levels = levelLines(grid, this.relief);
    this.onlevels({ heights: this.relief.heights, losses: this.levels.map(({ loss }) => loss) });
    this.requestPlot();
  }

  protected override pointsChanged(): void {
    this.drawOverlay();
  }

  protected override load(): Promise<Plotly> {
    return loadPlotly3d();
  }

  protected ready(): boolean {
    return this.scene !== null && this.relief !== null;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const eye = this.hooked && !this.fresh ? this.eye() : EYE;
    this.fresh = false;
    const [grid, relief] = [this.grid as Grid, this.relief as Relief];
    const losses = this.levels.filter(({ labelled }) => labelled).map(({ loss }) => loss);
    const { data, layout } = surfaceFigure(this.scene as Scene, grid, relief.heights, losses, this.theme, eye, { width, height });
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, scrollZoom: true });
    this.projection = { ...surfaceProjection(this.camera, relief, grid.bounds, this.view), crowded: true };
  }

  protected override newPaths(layer: CanvasLayer): PathsLayer {
    return new DrapedPaths(layer, this.view, (context) => {
      if (this.relief) drawLevelLines(context, this.levels, this.camera, this.relief, this.view, this.theme);
    });
  }

  protected plotDrawn(width: number, height: number): void {
    Object.assign(this.view, { width, height });
    this.followRendering();
    this.cameraMoved(true);
  }

  /** Draws the paths in the same display frame as Plotly its surface. */
  private followRendering(): void {
    const scene = glScene(this.plot);
    if (!scene || scene.glplot === this.hooked) return;
    this.hooked = scene.glplot;
    const before = scene.glplot.onrender;
    scene.glplot.onrender = () => {
      before();
      this.cameraMoved(false);
    };
  }

  private cameraMoved(always: boolean): void {
    const scene = glScene(this.plot);
    if (!scene || this.stopped) return;
    if (!this.camera.read(scene) && !always) return;
    this.paths.invalidate();
    this.drawOverlay();
  }
}

/** Whether this browser draws WebGL. */
export function hasWebGl(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}

function widthOf(interval: readonly [number, number] | undefined): number {
  return interval ? interval[1] - interval[0] : 1;
}
