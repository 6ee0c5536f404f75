/** A picture of the stage as a file: Plotly's ground, the paths and points drawn anew at twice the size, and a legend. */
import { CanvasLayer } from '../canvas/canvas-layer';
import type { Theme } from '../colours/theme-colours';
import { drawMarker } from '../markers/run-markers';
import type { Plotly } from '../plot/plotly';

/** Pixels of the file a CSS pixel. */
export const SCALE = 2;
/** CSS pixels: the line under the stage. */
const LEGEND = 34;
const PAD = 14;
/** CSS pixels: the line of the arrows under that, where there are any. */
const KEYS = 22;

export interface Legend {
  readonly title: string;
  /** One a run; null for a hidden one. */
  readonly names: readonly (string | null)[];
}

/** A line of the legend for an arrow, in the theme's colour for it. */
export interface LegendArrow {
  readonly arrow: 'gradient' | 'momentum' | 'update';
  readonly words: string;
}

/** What a stage gives to be composed. */
export interface Pictured {
  /** null where Plotly draws nothing of it. */
  readonly plotly: Plotly | null;
  readonly plot: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  /** What each arrow is; none where none is drawn. */
  readonly arrows?: readonly LegendArrow[];
  /** Draws what lies below Plotly's part upon an empty layer of that size. */
  under?(layer: CanvasLayer): void;
  /** Draws the paths upon one empty layer of that size, and the points upon another. */
  over(trails: CanvasLayer, heads: CanvasLayer): void;
}

/** The PNG. Rejects where the browser cannot make it. */
export async function pictureOf(of: Pictured, legend: Legend): Promise<Blob> {
  const { plotly, plot, width, height, theme, arrows = [] } = of;
  const below = LEGEND + (arrows.length > 0 ? KEYS : 0);
  const ground = new Image();
  if (plotly) {
    ground.src = await plotly.toImage(plot as never, { format: 'png', width, height, scale: SCALE });
    await ground.decode();
  }
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = (height + below) * SCALE;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no 2-D canvas');
  context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height + below);
  const layers = [0, 1, 2].map(() => new CanvasLayer(document.createElement('canvas'))) as [CanvasLayer, CanvasLayer, CanvasLayer];
  for (const layer of layers) layer.resize(width, height, SCALE);
  const [under, ...over] = layers;
  of.under?.(under);
  of.over(...over);
  context.drawImage(under.canvas, 0, 0, width, height);
  if (plotly) context.drawImage(ground, 0, 0, width, height);
  for (const { canvas: drawn } of over) context.drawImage(drawn, 0, 0, width, height);
  drawLegend(context, legend, width, height, theme);
  drawArrowKeys(context, arrows, height + LEGEND + (KEYS - PAD) / 2, theme);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG'))), 'image/png'),
  );
}

function drawLegend(context: CanvasRenderingContext2D, legend: Legend, width: number, top: number, theme: Theme): void {
  const middle = top + LEGEND / 2;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.fillText(legend.title, width - PAD, middle);
  const end = width - PAD - context.measureText(legend.title).width - PAD;
  context.textAlign = 'left';
  context.font = `600 12px ${theme.font}`;
  let x = PAD;
  legend.names.forEach((name, run) => {
    if (name === null) return;
    const wide = context.measureText(name).width + 18;
    if (x + wide > end) return; // a run without its word rather than one word over the other
    drawMarker(context, run, x + 6, middle, 5, theme.runs[run % theme.runs.length] as string, theme.panel);
    context.fillStyle = theme.text;
    context.fillText(name, x + 16, middle);
    x += wide + PAD;
  });
}

/** As the key on the stage has them. */
function drawArrowKeys(context: CanvasRenderingContext2D, arrows: readonly LegendArrow[], middle: number, theme: Theme): void {
  let x = PAD;
  context.textAlign = 'left';
  for (const { arrow, words } of arrows) {
    context.font = `700 12px ${theme.font}`;
    context.fillStyle = theme[arrow];
    context.fillText('→', x, middle);
    x += context.measureText('→').width + 4;
    context.font = `12px ${theme.font}`;
    context.fillStyle = theme.text;
    context.fillText(words, x, middle);
    x += context.measureText(words).width + PAD;
  }
}

/** Hands a file to the person, by the browser's own way. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
