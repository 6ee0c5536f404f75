/** The plane's picture: Plotly's map of the loss and one canvas with the paths, both drawn once an answer. */
import { stageWasDrawn } from '../../core/browser/first-drawing';
import type { PlaneAnswer } from '../../core/protocol/wire';
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import { drawMarker } from '../../render/markers/run-markers';
import type { Pictured } from '../../render/picture/picture';
import { PlotHost } from '../../render/plot/plot-host';
import { PLOTLY_CONFIG, type Plotly } from '../../render/plot/plotly';
import { emptyViewport, readViewport, toX, toY } from '../../render/viewport/viewport';
import { planeFigure } from './figure';

export class LossPlanePlot extends PlotHost {
  private readonly view = emptyViewport();
  private readonly layer: CanvasLayer;
  private plane: PlaneAnswer | null = null;

  /** The plane that Plotly has drawn. */
  private drawn: PlaneAnswer | null = null;

  constructor(host: HTMLElement, plot: HTMLElement, canvas: HTMLCanvasElement) {
    super(host, plot);
    this.layer = new CanvasLayer(canvas);
  }

  show(plane: PlaneAnswer | null): void {
    this.plane = plane;
    this.change();
  }

  /** What a picture of it is made of; null before there is one. */
  pictured(): Pictured | null {
    const { plotly, plot, theme, plane } = this;
    if (!plotly || !plane || this.view.width === 0) return null;
    return { plotly, plot, theme, width: this.layer.width, height: this.layer.height, over: (layer) => this.paint(layer, plane) };
  }

  protected ready(): boolean {
    return this.plane !== null;
  }

  protected async draws(plotly: Plotly, width: number, height: number): Promise<void> {
    const plane = this.plane as PlaneAnswer;
    const { data, layout } = planeFigure(plane, { width, height }, this.theme);
    await plotly.react(this.plot, data, layout, PLOTLY_CONFIG);
    this.drawn = plane;
  }

  protected placed(width: number, height: number): void {
    stageWasDrawn();
    readViewport(this.plot, this.view);
    this.layer.resize(width, height);
    this.repaint();
  }

  protected repaint(): void {
    if (this.drawn) this.paint(this.layer, this.drawn);
  }

  /** Each path with a ring at its start and the run's sign at its end; the first one, which is the selected, above. */
  private paint(layer: CanvasLayer, plane: PlaneAnswer): void {
    const { view, theme } = this;
    const { context } = layer;
    layer.clear();
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    context.lineJoin = 'round';
    for (const [place, path] of [...plane.paths.entries()].reverse()) {
      const colour = theme.runs[path.run % theme.runs.length] as string;
      const count = path.steps.values.length;
      const x = (n: number): number => toX(view, path.at.values[2 * n] as number);
      const y = (n: number): number => toY(view, path.at.values[2 * n + 1] as number);
      context.beginPath();
      for (let n = 0; n < count; n++) context.lineTo(x(n), y(n));
      context.lineWidth = (place === 0 ? 2.5 : 1.75) * theme.weight;
      context.strokeStyle = colour;
      context.stroke();
      context.beginPath();
      context.arc(x(0), y(0), 3.5 * theme.weight, 0, 2 * Math.PI);
      context.fillStyle = theme.panel;
      context.fill();
      context.stroke();
      drawMarker(context, path.run, x(count - 1), y(count - 1), 5.5 * theme.weight, colour, theme.panel);
    }
    context.restore();
  }
}
