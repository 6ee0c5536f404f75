/** The life of a picture that Plotly draws below canvases: what stages, planes, data and charts have in common. */
import { watchLanguage } from '../../core/browser/language';
import { readTheme, watchTheme, type Theme } from '../colours/theme-colours';
import { loadPlotly, type Plotly } from './plotly';

/** CSS pixels: in less than this, nothing is drawn. */
const LEAST = 40;

export abstract class PlotHost {
  protected plotly: Plotly | null = null;
  protected theme: Theme = readTheme();
  protected stopped = false;
  private dirty = false;
  private working = false;
  private again = 0;
  private readonly size: ResizeObserver;
  private readonly stops: (() => void)[];

  constructor(
    protected readonly host: HTMLElement,
    protected readonly plot: HTMLElement,
  ) {
    this.size = new ResizeObserver(() => this.resized());
    this.size.observe(host);
    this.stops = [
      watchTheme(() => {
        // The page's tokens change with the same attribute; read them once they have.
        this.theme = readTheme();
        this.restyled();
      }),
      watchLanguage(() => this.change()),
    ];
  }

  /** Loads Plotly and draws. Rejects where it cannot be loaded. */
  async start(): Promise<void> {
    this.plotly = await this.load();
    this.change();
  }

  stop(): void {
    this.stopped = true;
    this.size.disconnect();
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.again);
    this.plotly?.purge(this.plot);
  }

  /** Paints what lies over the plot again, on the next display frame. */
  redraw(): void {
    cancelAnimationFrame(this.again);
    this.again = requestAnimationFrame(() => this.repaint());
  }

  /** Whether there is anything to plot, and it may be plotted now. */
  protected abstract ready(): boolean;

  /** What Plotly does, in a box of so many CSS pixels. */
  protected abstract draws(plotly: Plotly, width: number, height: number): Promise<void>;

  /** What follows once Plotly has drawn; never after the end. */
  protected abstract placed(width: number, height: number): void;

  /** What lies over the plot, as it was last. */
  protected abstract repaint(): void;

  protected load(): Promise<Plotly> {
    return loadPlotly();
  }

  /** To be stopped with it: called once. */
  protected until(stop: () => void): void {
    this.stops.push(stop);
  }

  protected resized(): void {
    this.change();
  }

  protected restyled(): void {
    this.change();
  }

  /** Something of the plot changed: Plotly draws once, however many changes came together. */
  protected change(): void {
    this.dirty = true;
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      while (this.dirty && this.plotly && !this.stopped && this.ready()) {
        this.dirty = false;
        const box = this.host.getBoundingClientRect();
        const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
        if (width < LEAST || height < LEAST) break;
        await this.draws(this.plotly, width, height);
        if (this.stopped) return;
        this.placed(width, height);
      }
    } finally {
      this.working = false;
    }
  }
}
