/** A Plotly plot with canvas layers in one host element: loading, sizes, theme and language, and when to draw what. */
import { watchLanguage } from '../../core/browser/language';
import { CanvasLayer } from '../canvas/canvas-layer';
import { readTheme, watchTheme, type Theme } from '../colours/theme-colours';
import { loadPlotly, type Plotly } from './plotly';
import './plot.css';

/** CSS pixels: a smaller host is not drawn. */
const MIN_SIZE = 40;

/** The plot, and a canvas layer. */
export type Part = 'plot' | 'canvas';

export abstract class PlotHost {
  protected plotly: Plotly | null = null;
  protected theme: Theme = readTheme();
  protected stopped = false;
  /** The element that Plotly draws into. */
  protected readonly plot: HTMLElement;
  /** The canvases in their order, each the size of the host. */
  protected readonly layers: readonly CanvasLayer[];
  private stale = false;
  private plotting = false;
  private overlayRequest = 0;
  private readonly stops: (() => void)[];

  /** parts: what the host shows, from the bottom to the top. */
  constructor(protected readonly host: HTMLElement, parts: readonly Part[] = ['plot', 'canvas', 'canvas']) {
    const elements = parts.map((part) => document.createElement(part === 'plot' ? 'div' : part));
    host.prepend(...elements);
    this.plot = elements[parts.indexOf('plot')] as HTMLElement;
    this.plot.className = 'plot';
    const canvases = elements.filter((element) => element instanceof HTMLCanvasElement);
    for (const canvas of canvases) canvas.setAttribute('aria-hidden', 'true');
    this.layers = canvases.map((canvas) => new CanvasLayer(canvas));
    const size = new ResizeObserver(() => this.resized());
    size.observe(host);
    this.stops = [
      () => size.disconnect(),
      watchTheme((theme) => {
        this.theme = theme;
        this.themeChanged();
      }),
      watchLanguage(() => this.requestPlot()),
    ];
  }

  /** Loads Plotly and draws. Rejects where it cannot be loaded. */
  async start(): Promise<void> {
    this.plotly = await this.load();
    this.requestPlot();
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.overlayRequest);
    this.plotly?.purge(this.plot);
  }

  /** Draws the canvas layers on the next display frame. */
  requestOverlay(): void {
    cancelAnimationFrame(this.overlayRequest);
    this.overlayRequest = requestAnimationFrame(() => this.drawOverlay());
  }

  /** Whether there is anything to plot, and it may be plotted now. */
  protected abstract ready(): boolean;

  /** Draws the plot in a box of CSS pixels. */
  protected abstract drawPlot(plotly: Plotly, width: number, height: number): Promise<void>;

  /** After each drawing of the plot; the canvases have its size. Not called once stopped. */
  protected abstract plotDrawn(width: number, height: number): void;

  /** Draws the canvas layers as they were last. */
  protected abstract drawOverlay(): void;

  protected load(): Promise<Plotly> {
    return loadPlotly();
  }

  /** Calls `stop` once, when the host stops. */
  protected onStop(stop: () => void): void {
    this.stops.push(stop);
  }

  protected resized(): void {
    this.requestPlot();
  }

  protected themeChanged(): void {
    this.requestPlot();
  }

  /** Draws the plot again: once, however many requests come together. */
  protected requestPlot(): void {
    this.stale = true;
    if (!this.plotting) void this.plotWhileStale();
  }

  private async plotWhileStale(): Promise<void> {
    this.plotting = true;
    try {
      while (this.stale && this.plotly && !this.stopped && this.ready()) {
        this.stale = false;
        const box = this.host.getBoundingClientRect();
        const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
        if (width < MIN_SIZE || height < MIN_SIZE) break;
        await this.drawPlot(this.plotly, width, height);
        if (this.stopped) return;
        for (const layer of this.layers) layer.resize(width, height);
        this.plotDrawn(width, height);
      }
    } finally {
      this.plotting = false;
    }
  }
}
