/** The plane's picture: Plotly's map of the loss and one canvas with the paths, both drawn once an answer. */
import type { PlaneTold } from '../session/types';
import { readTheme, watchTheme, type Theme } from '../stage/colours';
import { stageWasDrawn } from '../stage/drawn';
import { watchLanguage } from '../stage/language';
import { Layer } from '../stage/layer';
import { drawMarker } from '../stage/markers';
import type { Pictured } from '../stage/picture';
import { loadPlotly, PLOTLY_CONFIG, type Plotly } from '../stage/plotly';
import { emptyViewport, readViewport, toX, toY } from '../stage/viewport';
import { planeFigure } from './figure';

export class PlaneStage {
  private readonly view = emptyViewport();
  private readonly layer: Layer;
  private readonly size: ResizeObserver;
  private readonly stops: (() => void)[];
  private plotly: Plotly | null = null;
  private theme: Theme = readTheme();
  private plane: PlaneTold | null = null;
  private dirty = false;
  private working = false;
  private stopped = false;
  private first = true;

  constructor(
    private readonly host: HTMLElement,
    private readonly plot: HTMLElement,
    canvas: HTMLCanvasElement,
  ) {
    this.layer = new Layer(canvas);
    this.size = new ResizeObserver(() => this.change());
    this.size.observe(host);
    this.stops = [
      watchTheme(() => {
        this.theme = readTheme();
        this.change();
      }),
      watchLanguage(() => this.change()),
    ];
  }

  /** Loads Plotly and draws. Rejects where it cannot be loaded. */
  async start(): Promise<void> {
    this.plotly = await loadPlotly();
    this.change();
  }

  stop(): void {
    this.stopped = true;
    this.size.disconnect();
    for (const stop of this.stops) stop();
    this.plotly?.purge(this.plot);
  }

  show(plane: PlaneTold | null): void {
    this.plane = plane;
    this.change();
  }

  /** What a picture of it is made of; null before there is one. */
  pictured(): Pictured | null {
    const { plotly, plot, theme, plane } = this;
    if (!plotly || !plane || this.view.width === 0) return null;
    return { plotly, plot, theme, width: this.layer.width, height: this.layer.height, over: (layer) => this.paint(layer, plane) };
  }

  /** Something changed: drawn once, however many changes came together. */
  private change(): void {
    this.dirty = true;
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      while (this.dirty && this.plotly && !this.stopped) {
        this.dirty = false;
        const box = this.host.getBoundingClientRect();
        const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
        if (width < 40 || height < 40 || !this.plane) break;
        const { plane } = this;
        const { data, layout } = planeFigure(plane, { width, height }, this.theme);
        await this.plotly.react(this.plot, data, layout, PLOTLY_CONFIG);
        if (this.stopped) return;
        if (this.first) stageWasDrawn();
        this.first = false;
        readViewport(this.plot, this.view);
        this.layer.resize(width, height);
        this.paint(this.layer, plane);
      }
    } finally {
      this.working = false;
    }
  }

  /** Each path with a ring at its start and the run's sign at its end; the first one, which is the selected, above. */
  private paint(layer: Layer, plane: PlaneTold): void {
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
