/** A plot as a PNG: Plotly's part and the canvas layers, drawn again at twice the size, with a legend below. */
import { CanvasLayer } from '../canvas/canvas-layer';
import { runColour, type Theme } from '../colours/theme-colours';
import { drawMarker } from '../markers/run-markers';
import type { Plotly } from '../plot/plotly';

type Context = CanvasRenderingContext2D;

/** Image pixels a CSS pixel. */
const SCALE = 2;
/** Heights of the two legend lines (runs, arrows) and the space between their items, CSS pixels. */
export const RUNS_HEIGHT = 34;
const ARROWS_HEIGHT = 22;
const GAP = 14;

export interface Legend {
  readonly title: string;
  /** One a run; null for a hidden one. */
  readonly names: readonly (string | null)[];
}

/** A legend item for an arrow, in the theme's colour for it. */
export interface LegendArrow {
  readonly arrow: 'gradient' | 'momentum' | 'update';
  readonly words: string;
}

/** What an image is composed of. */
export interface ImageSource {
  /** null where Plotly draws no part of it. */
  readonly plotly: Plotly | null;
  readonly plot: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly arrows?: readonly LegendArrow[];
  /** Draws three empty layers of that size; the first lies below Plotly's part. */
  draw(below: CanvasLayer, paths: CanvasLayer, markers: CanvasLayer): void;
}

/** The PNG. Rejects where the browser cannot make it. */
export async function plotImage(source: ImageSource, legend: Legend): Promise<Blob> {
  const { plotly, plot, width, height, theme, arrows = [] } = source;
  const total = height + RUNS_HEIGHT + (arrows.length > 0 ? ARROWS_HEIGHT : 0);
  const image = new CanvasLayer(document.createElement('canvas'));
  image.resize(width, total, SCALE);
  const { context, canvas } = image;
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, total);
  const layers = [0, 1, 2].map(() => new CanvasLayer(document.createElement('canvas'))) as [CanvasLayer, CanvasLayer, CanvasLayer];
  for (const layer of layers) layer.resize(width, height, SCALE);
  source.draw(...layers);
  const drawings: CanvasImageSource[] = layers.map((layer) => layer.canvas);
  if (plotly) {
    const ground = new Image();
    ground.src = await plotly.toImage(plot as never, { format: 'png', width, height, scale: SCALE });
    await ground.decode();
    drawings.splice(1, 0, ground);
  }
  for (const drawing of drawings) context.drawImage(drawing, 0, 0, width, height);
  drawRuns(context, legend, width, height + RUNS_HEIGHT / 2, theme);
  drawArrows(context, arrows, height + RUNS_HEIGHT + (ARROWS_HEIGHT - GAP) / 2, theme);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG'))), 'image/png'),
  );
}

/** The runs' markers and names on the left, the title on the right. */
export function drawRuns(context: Context, { title, names }: Legend, width: number, middle: number, theme: Theme): void {
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.fillText(title, width - GAP, middle);
  const end = width - 2 * GAP - context.measureText(title).width;
  context.textAlign = 'left';
  context.font = `600 12px ${theme.font}`;
  let x = GAP;
  names.forEach((name, run) => {
    if (name === null) return;
    const wide = context.measureText(name).width + 18;
    if (x + wide > end) return; // a name is left out rather than written over another
    drawMarker(context, run, x + 6, middle, 5, runColour(theme, run), theme.panel);
    context.fillStyle = theme.text;
    context.fillText(name, x + 16, middle);
    x += wide + GAP;
  });
}

/** As in the key on the map. */
function drawArrows(context: Context, arrows: readonly LegendArrow[], middle: number, theme: Theme): void {
  let x = GAP;
  const write = (text: string, weight: number, colour: string, gap: number): void => {
    context.font = `${weight} 12px ${theme.font}`;
    context.fillStyle = colour;
    context.fillText(text, x, middle);
    x += context.measureText(text).width + gap;
  };
  context.textAlign = 'left';
  for (const { arrow, words } of arrows) {
    write('→', 700, theme[arrow], 4);
    write(words, 400, theme.text, GAP);
  }
}

/** Saves a file the browser's own way. */
export function downloadFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
