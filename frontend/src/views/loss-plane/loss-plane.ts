/** The plot of a plane through parameter space: contours of the loss, and the runs' paths, drawn once an answer. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { PlaneAnswer } from '../../core/protocol/wire';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import type { ImageSource } from '../../render/image-export/plot-image';
import { runColour } from '../../render/colours/theme-colours';
import { drawMarker } from '../../render/markers/run-markers';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { emptyViewport, readViewport, toX, toY } from '../../render/viewport/viewport';
import { planeFigure } from './figure';

export class LossPlanePlot extends PlotHost {
  private readonly view = emptyViewport();
  private plane: PlaneAnswer | null = null;
  /** The plane that Plotly has drawn. */
  private drawn: PlaneAnswer | null = null;

  constructor(host: HTMLElement) {
    super(host, ['plot', 'canvas']);
  }

  show(plane: PlaneAnswer | null): void {
    this.plane = plane;
    this.requestPlot();
  }

  /** null while there is nothing to save. */
  imageSource(): ImageSource | null {
    const { plotly, plot, theme, drawn, layers: [layer] } = this;
    if (!plotly || !drawn || !layer) return null;
    return { plotly, plot, theme, width: layer.width, height: layer.height, draw: (_, paths) => this.drawPaths(paths, drawn) };
  }

  protected ready(): boolean {
    return this.plane !== null;
  }

  protected async drawPlot(plotly: Plotly, width: number, height: number): Promise<void> {
    const plane = this.plane as PlaneAnswer;
    const { data, layout } = planeFigure(plane, this.theme, { width, height });
    await plotly.react(this.plot, data, layout, PLOTLY_CONFIG);
    this.drawn = plane;
  }

  protected plotDrawn(): void {
    stageWasDrawn();
    readViewport(this.plot, this.view);
    this.drawOverlay();
  }

  protected drawOverlay(): void {
    const [layer] = this.layers;
    if (layer && this.drawn) this.drawPaths(layer, this.drawn);
  }

  /** Each path with a ring at its start and the run's marker at its end; the first one, the selected run's, on top. */
  private drawPaths(layer: CanvasLayer, { paths }: PlaneAnswer): void {
    const { view, theme } = this;
    layer.clear();
    const context = layer.clip(view);
    for (const [place, { run, steps, at }] of [...paths.entries()].reverse()) {
      const count = steps.values.length;
      const x = (n: number): number => toX(view, at.values[2 * n] as number);
      const y = (n: number): number => toY(view, at.values[2 * n + 1] as number);
      context.beginPath();
      for (let n = 0; n < count; n++) context.lineTo(x(n), y(n));
      context.lineWidth = (place === 0 ? 2.5 : 1.75) * theme.strokeScale;
      context.strokeStyle = runColour(theme, run);
      context.stroke();
      context.beginPath();
      context.arc(x(0), y(0), 3.5 * theme.strokeScale, 0, 2 * Math.PI);
      context.fillStyle = theme.panel;
      context.fill();
      context.stroke();
      drawMarker(context, run, x(count - 1), y(count - 1), 5.5 * theme.strokeScale, runColour(theme, run), theme.panel);
    }
    context.restore();
  }
}
