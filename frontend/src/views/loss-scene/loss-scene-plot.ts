/** A loss with the runs on it, as map, curve or 3-D surface: its grid, critical points, paths and markers. */
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { DrawState, Grid, Session } from '../../core/session/types';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { ImageSource } from '../../render/image-export/plot-image';
import { FramePlot } from '../../render/plot/frame-plot';
import { emptyViewport } from '../../render/viewport/viewport';
import { arrowLabels } from './arrow-labels';
import { CriticalPoints } from './critical-points';
import { PlayHeadMarkers, type SceneProjection } from './markers';
import { Paths } from './paths';
import type { StepArrows } from './step-arrows.svelte';

/** The runs' paths up to the play head, on a canvas that is only added to while playing. */
export type PathsLayer = Pick<Paths, 'draw' | 'invalidate'>;

export abstract class LossScenePlot extends FramePlot {
  readonly view = emptyViewport();
  readonly markers: PlayHeadMarkers;
  /** Called when other critical points are shown. */
  onpoints: (points: readonly CriticalPoint[]) => void = () => {};

  protected scene: Scene | null = null;
  protected grid: Grid | null = null;
  /** null until there is a plot to draw on. */
  protected projection: SceneProjection | null = null;
  protected readonly paths: PathsLayer;
  protected readonly points: CriticalPoints;
  protected readonly gridQuery: LatestQuery<[bounds: [number, number][], shape: number[]], Grid>;
  private problem = '';

  /** rest: milliseconds that the view must rest before its grid is asked for. arrows: of the step; null in 3-D. */
  constructor(host: HTMLElement, session: Session, rest: number, protected readonly arrows: StepArrows | null) {
    super(host, session);
    const [paths, markers] = this.layers as readonly [CanvasLayer, CanvasLayer];
    this.paths = this.newPaths(paths);
    this.markers = new PlayHeadMarkers(markers, this.view, arrows);
    this.gridQuery = new LatestQuery((bounds, shape) => session.surface(bounds, shape), (grid) => this.gridArrived(grid), rest);
    this.points = new CriticalPoints(session, (points) => {
      this.onpoints(points);
      this.pointsChanged();
    });
    this.onStop(() => this.gridQuery.stop());
    this.onStop(() => this.points.stop());
  }

  protected draw(frame: DrawState): void {
    const { scene } = frame;
    if (!scene) return; // no map of this problem: another view takes over
    this.frame = frame;
    if (scene !== this.scene) {
      this.scene = scene;
      const problem = JSON.stringify([frame.experiment.problem, scene.bounds]);
      if (problem !== this.problem) this.problemChanged(scene);
      this.problem = problem;
    }
    if (!this.projection) return;
    this.paths.draw(frame, this.theme, this.projection.record);
    this.markers.draw(frame, this.theme, this.projection, this.points.now);
  }

  /** null while there is nothing to save. */
  imageSource(): ImageSource | null {
    const { plotly, plot, theme, frame, view, projection, arrows } = this;
    const [layer] = this.layers;
    if (!plotly || !frame || !projection || !layer) return null;
    const draw = (_: CanvasLayer, paths: CanvasLayer, markers: CanvasLayer): void => {
      this.newPaths(paths).draw(frame, theme, projection.record);
      new PlayHeadMarkers(markers, view, arrows).draw(frame, theme, projection, this.points.now);
    };
    const legend = arrows?.on ? arrowLabels(arrows.scales, frame.scene?.dim ?? 2) : [];
    return { plotly, plot, theme, width: layer.width, height: layer.height, arrows: legend, draw };
  }

  /** What draws the runs' paths on a canvas. */
  protected newPaths(layer: CanvasLayer): PathsLayer {
    return new Paths(layer, this.view);
  }

  protected abstract problemChanged(scene: Scene): void;

  protected abstract gridArrived(grid: Grid): void;

  protected pointsChanged(): void {
    this.requestPlot();
  }
}
