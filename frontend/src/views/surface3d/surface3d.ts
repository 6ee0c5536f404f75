/** The 3-D stage: Plotly draws the surface; paths and points are drawn over it through the scene's own camera. */
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { DrawState, Grid, Session } from '../../core/session/types';
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import { heightsOf, type Heights } from '../../render/colours/heights';
import type { Pictured } from '../../render/picture/picture';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, loadPlotly3d, type Plotly } from '../../render/plot/plotly';
import { emptyViewport } from '../../render/viewport/viewport';
import { Points } from '../loss-scene/critical-points';
import { floorOf } from '../loss-scene/figures';
import { PlayHeadMarkers } from '../loss-scene/markers';
import { Paths } from '../loss-scene/paths';
import type { Project } from '../loss-scene/projection';
import { Camera, glScene, liftedPlace, liftedProject } from './camera';
import { surfaceFigure } from './figure';

const CELLS = 96;
/** The eye: far enough to see the whole box, from a corner and above. */
const EYE = { x: 1.5, y: -1.5, z: 1.1 };

export class Surface3d extends PlotHost {
  frame: DrawState | null = null;
  /** Told which critical points the picture shows. */
  onpoints: (points: readonly CriticalPoint[]) => void = () => {};
  private readonly box = emptyViewport();
  private readonly camera = new Camera();
  private readonly trailLayer: CanvasLayer;
  private readonly headLayer: CanvasLayer;
  private readonly trails: Paths;
  private readonly heads: PlayHeadMarkers;
  private readonly surface: LatestQuery<[bounds: [number, number][], shape: number[]], Grid>;
  private readonly points: Points;
  private scene: Scene | null = null;
  private problem = '';
  private grid: Grid | null = null;
  private heights: Heights | null = null;
  private project: Project | null = null;
  private angle = Math.atan2(EYE.y, EYE.x);
  private hooked: object | null = null;

  constructor(
    host: HTMLElement,
    plot: HTMLElement,
    trailCanvas: HTMLCanvasElement,
    headCanvas: HTMLCanvasElement,
    session: Session,
  ) {
    super(host, plot);
    this.trailLayer = new CanvasLayer(trailCanvas);
    this.headLayer = new CanvasLayer(headCanvas);
    this.trails = new Paths(this.trailLayer, this.box);
    this.heads = new PlayHeadMarkers(this.headLayer, this.box, null);
    this.surface = new LatestQuery((bounds, shape) => session.surface(bounds, shape), (grid) => this.gridArrived(grid), 0);
    this.points = new Points(session, (points) => this.pointsArrived(points));
    this.until(session.onFrame((frame) => this.draw(frame)));
  }

  override stop(): void {
    super.stop();
    this.surface.stop();
    this.points.stop();
  }

  /** The hot path. */
  draw(frame: DrawState): void {
    if (!frame.scene) return; // no map of this problem: another view takes over
    this.frame = frame;
    if (frame.scene !== this.scene) this.sceneChanged(frame, frame.scene);
    if (!this.project) return;
    this.trails.draw(frame, this.theme, this.project);
    this.heads.draw(frame, this.theme, this.project);
  }

  /** What a picture of it is made of; null before there is one. */
  pictured(): Pictured | null {
    const { plotly, plot, theme, frame, box, project } = this;
    if (!plotly || !frame || !project) return null;
    const over = (trails: CanvasLayer, heads: CanvasLayer): void => {
      new Paths(trails, box).draw(frame, theme, project);
      new PlayHeadMarkers(heads, box, null, this.heads.still).draw(frame, theme, project);
    };
    return { plotly, plot, theme, width: box.width, height: box.height, over };
  }

  /** Turns the camera about the vertical, for those who have no pointer. radians: counterclockwise from above. */
  turn(radians: number): void {
    const eye = this.eye();
    const far = Math.hypot(eye.x, eye.y);
    this.angle = Math.atan2(eye.y, eye.x) + radians;
    this.look({ x: far * Math.cos(this.angle), y: far * Math.sin(this.angle), z: eye.z });
  }

  /** The camera where it was at first. */
  home(): void {
    this.look(EYE);
  }

  private eye(): { x: number; y: number; z: number } {
    const layout = (this.plot as { _fullLayout?: { scene?: { camera?: { eye?: typeof EYE } } } })._fullLayout;
    return layout?.scene?.camera?.eye ?? EYE;
  }

  private look(eye: { x: number; y: number; z: number }): void {
    if (!this.plotly || !this.hooked) return;
    void this.plotly.relayout(this.plot, { 'scene.camera': { eye, up: { x: 0, y: 0, z: 1 }, center: { x: 0, y: 0, z: -0.1 } } } as object);
  }

  private sceneChanged(frame: DrawState, scene: Scene): void {
    this.scene = scene;
    const problem = JSON.stringify(frame.experiment.problem) + JSON.stringify(scene.bounds);
    if (problem === this.problem || scene.dim !== 2) return;
    this.problem = problem;
    const bounds = scene.bounds.map(([low, high]) => [low, high] as [number, number]);
    this.surface.ask(bounds, [CELLS, CELLS]);
    this.points.begin(scene, bounds);
  }

  private gridArrived(grid: Grid): void {
    if (!this.scene) return;
    this.grid = grid;
    this.heights = heightsOf(grid.z, this.scene.log_height ? 'log' : 'linear', floorOf(this.scene));
    this.change();
  }

  private pointsArrived(points: readonly CriticalPoint[]): void {
    this.heads.still.points = points;
    this.onpoints(points);
    this.repaint();
  }

  protected override load(): Promise<Plotly> {
    return loadPlotly3d();
  }

  protected ready(): boolean {
    return this.scene !== null && this.grid !== null && this.heights !== null;
  }

  protected async draws(plotly: Plotly, width: number, height: number): Promise<void> {
    const eye = this.hooked ? this.eye() : EYE;
    const [grid, heights] = [this.grid as Grid, this.heights as Heights];
    const { data, layout } = surfaceFigure(this.scene as Scene, grid, heights, this.theme, eye, width, height);
    await plotly.react(this.plot, data, layout, { ...PLOTLY_CONFIG, scrollZoom: true });
    this.project = liftedProject(this.camera, heights, grid.bounds, this.box);
    this.heads.still.place = liftedPlace(this.camera, heights, grid.bounds, this.box);
  }

  protected placed(width: number, height: number): void {
    this.trailLayer.resize(width, height);
    this.headLayer.resize(width, height);
    this.box.width = width;
    this.box.height = height;
    this.trails.invalidate();
    this.hook();
    this.follow(true);
  }

  protected repaint(): void {
    if (this.frame) this.draw(this.frame);
  }

  /** Joins the scene's own drawing, so that the paths move with the surface in the same display frame. */
  private hook(): void {
    const scene = glScene(this.plot);
    if (!scene || scene.glplot === this.hooked) return;
    this.hooked = scene.glplot;
    const before = scene.glplot.onrender;
    scene.glplot.onrender = () => {
      before();
      this.follow(false);
    };
  }

  private follow(always: boolean): void {
    const scene = glScene(this.plot);
    if (!scene || this.stopped) return;
    if (!this.camera.read(scene) && !always) return;
    this.trails.invalidate();
    this.repaint();
  }
}

/** Whether this browser draws WebGL at all. */
export function hasWebGl(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl');
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}
