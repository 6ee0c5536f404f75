/** The loss in 3-D: Plotly draws the surface; paths and points are projected through its camera onto the canvases. */
import type { Scene } from '../../core/protocol/wire';
import type { Grid, Session } from '../../core/session/types';
import { heightsOf, type Heights } from '../../render/colours/heights';
import { PLOTLY_CONFIG, loadPlotly3d, type Plotly } from '../../render/plot/plotly';
import { floorOf } from '../loss-scene/figures';
import { LossScenePlot } from '../loss-scene/loss-scene-plot';
import { Camera, glScene, surfaceProjection } from './camera';
import { cameraFrom, surfaceFigure, type Eye } from './figure';

const CELLS = 96;
/** The initial camera position: from a corner and above, far enough to see the whole box. */
const EYE: Eye = { x: 1.5, y: -1.5, z: 1.1 };

export class Surface3d extends LossScenePlot {
  private readonly camera = new Camera();
  private heights: Heights | null = null;
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
    const bounds = scene.bounds.map(([low, high]) => [low, high] as [number, number]);
    this.gridQuery.ask(bounds, [CELLS, CELLS]);
    this.points.problemChanged(scene, bounds);
  }

  protected gridArrived(grid: Grid): void {
    if (!this.scene) return;
    this.grid = grid;
    this.heights = heightsOf(grid.z, this.scene.log_height ? 'log' : 'linear', floorOf(this.scene));
    this.requestPlot();
  }

  protected override pointsChanged(): void {
    this.drawOverlay();
  }

  protected override load(): Promise<Plotly> {
    return loadPlotly3d();
  }

  protected ready(): boolean {
    return this.scene !== null && this.heights !== null;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const eye = this.hooked ? this.eye() : EYE;
    const [grid, heights] = [this.grid as Grid, this.heights as Heights];
    const { data, layout } = surfaceFigure(this.scene as Scene, grid, heights, this.theme, eye, { width, height });
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, scrollZoom: true });
    this.projection = surfaceProjection(this.camera, heights, grid.bounds, this.view);
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
