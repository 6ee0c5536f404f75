/**
 * A film of the plots in an element: their canvases as they are drawn step by step, over what Plotly draws, with a legend
 * below; recorded by the browser's own MediaRecorder.
 */
import { CanvasLayer } from '../canvas/canvas-layer';
import { readTheme, type Theme } from '../colours/theme-colours';
import { drawRuns, RUNS_HEIGHT } from '../image-export/plot-image';
import { loadPlotly, type Plotly } from '../plot/plotly';
import { filmSteps, FRAMES_PER_SECOND } from './film-steps';

/** The first that the browser can write is used. */
const TYPES = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm', 'video/mp4'] as const;
/** Of the larger side, pixels: what a page or a slide shows, in a file of a few megabytes. */
const LARGEST = 1280;
const BITS_PER_SECOND = 4_000_000;
/** Milliseconds that the first picture waits, at most, for what is still asked about its step. */
const LONGEST_WAIT = 5000;

/** What is filmed, and where. */
export interface Filmed {
  /** Holds the plots. */
  readonly stage: HTMLElement;
  /** The last step; the film begins at 0. */
  readonly until: number;
  /** One a run; null for a hidden one. */
  readonly names: readonly (string | null)[];
  /** Shows a step; resolves when it is drawn. */
  readonly show: (step: number) => Promise<void>;
  /** Of the legend. */
  readonly title: (step: number) => string;
  readonly onprogress: (step: number) => void;
  /** Ends the film early; it is then dropped. */
  readonly signal: AbortSignal;
}

/** The type of film that this browser can write; null: none. */
export function filmType(): string | null {
  if (typeof MediaRecorder === 'undefined' || !('captureStream' in HTMLCanvasElement.prototype)) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** webm or mp4 */
export function filmEnding(type: string): string {
  return /^video\/(\w+)/.exec(type)?.[1] ?? 'webm';
}

/** The film; null where it was ended early. Rejects where the browser cannot make it. */
export async function film(filmed: Filmed): Promise<Blob | null> {
  const type = filmType();
  if (!type) throw new Error('this browser records no film');
  const plots = await plotsOf(filmed.stage);
  const canvas = document.createElement('canvas');
  canvas.getContext('2d', { alpha: false }); // else the film has a second one of its opacity
  const image = new CanvasLayer(canvas);
  const box = filmed.stage.getBoundingClientRect();
  const [width, height] = [even(box.width), even(box.height + RUNS_HEIGHT)];
  image.resize(width, height, Math.min(2, LARGEST / Math.max(width, height)));
  const recorder = new MediaRecorder(canvas.captureStream(FRAMES_PER_SECOND), { mimeType: type, videoBitsPerSecond: BITS_PER_SECOND });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise<void>((resolve, reject) => {
    recorder.addEventListener('stop', () => resolve());
    recorder.addEventListener('error', () => reject(new Error('the browser could not record the film')));
  });
  try {
    await filmed.show(0);
    await answered(filmed.stage, filmed.signal);
    await Promise.all(plots.map(({ taking }) => taking));
    const begun = performance.now();
    for (const [n, step] of filmSteps(filmed.until).entries()) {
      if (filmed.signal.aborted) break;
      await filmed.show(step);
      compose(image, filmed, plots, step, width, height);
      if (n === 0) recorder.start();
      filmed.onprogress(step);
      await at(begun + ((n + 1) * 1000) / FRAMES_PER_SECOND);
    }
  } finally {
    for (const plot of plots) plot.stop();
    if (recorder.state !== 'inactive') recorder.stop();
    else recorder.dispatchEvent(new Event('stop'));
  }
  await ended;
  return filmed.signal.aborted ? null : new Blob(parts, { type });
}

/** A plot's element, and an image of what Plotly draws in it. */
interface FilmedPlot {
  readonly host: HTMLElement;
  ground: HTMLImageElement | null;
  /** Until a new image is taken; null: none is. */
  taking: Promise<void> | null;
  stop(): void;
}

type PlotElement = HTMLElement & Partial<Record<'on' | 'removeListener', (event: string, listener: () => void) => void>>;

async function plotsOf(stage: HTMLElement): Promise<FilmedPlot[]> {
  const plotly = await loadPlotly();
  const hosts = [...stage.querySelectorAll<HTMLElement>('.plot-host')].filter((host) => host.checkVisibility({ visibilityProperty: true }));
  return Promise.all(
    hosts.map(async (host) => {
      const element = host.querySelector<PlotElement>(':scope > .plot');
      const plot: FilmedPlot = { host, ground: null, taking: null, stop: () => element?.removeListener?.('plotly_afterplot', again) };
      const take = async (): Promise<void> => {
        plot.ground = element?.classList.contains('js-plotly-plot') ? await groundOf(plotly, element) : null;
      };
      // A plane through the path is drawn anew while the path grows.
      const again = (): void => void (plot.taking ??= take().finally(() => (plot.taking = null)));
      await take();
      element?.on?.('plotly_afterplot', again);
      return plot;
    }),
  );
}

async function groundOf(plotly: Plotly, element: HTMLElement): Promise<HTMLImageElement> {
  const { width, height } = element.getBoundingClientRect();
  const ground = new Image();
  ground.src = await plotly.toImage(element as never, { format: 'png', width, height, scale: 2 });
  await ground.decode();
  return ground;
}

function compose(image: CanvasLayer, { stage, names, title }: Filmed, plots: readonly FilmedPlot[], step: number, width: number, height: number): void {
  const { context } = image;
  const theme: Theme = readTheme();
  const origin = stage.getBoundingClientRect();
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  for (const { host, ground } of plots) {
    for (const part of host.children) {
      const drawing = part instanceof HTMLCanvasElement ? part : part.classList.contains('plot') ? ground : null;
      const box = part.getBoundingClientRect();
      if (drawing && box.width > 0) context.drawImage(drawing, box.left - origin.left, box.top - origin.top, box.width, box.height);
    }
  }
  drawRuns(context, { title: title(step), names }, width, height - RUNS_HEIGHT / 2, theme);
}

/** Resolves once no plot still asks about the step on screen, or after the longest wait. */
async function answered(stage: HTMLElement, signal: AbortSignal): Promise<void> {
  const begun = performance.now();
  while (stage.querySelector('[data-asking]') && !signal.aborted && performance.now() - begun < LONGEST_WAIT) await at(performance.now() + 50);
}

/** The codecs take even sizes only. */
function even(size: number): number {
  return 2 * Math.round(size / 2);
}

/** Resolves at a time of `performance.now()`. */
function at(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time - performance.now())));
}
