/** The map as a PNG: the picture with its axes, the lines of theory, the run on the stage, and the key. */
import { CanvasLayer } from '../../render/canvas/canvas-layer';
import { runColour, type Theme } from '../../render/colours/theme-colours';
import { drawMarker } from '../../render/markers/run-markers';
import { formatNumber } from '../../ui/i18n/numbers';
import { shareOf, ticks, type MapAxes } from './axes';
import { css, keyOf, paint, type Colour, type Palette } from './painting';
import type { Picture } from './picture';
import { curvesOf, rectOf } from './shapes';
import type { Edge } from './theory';
import { wordsOf } from './words';

export interface MapImage {
  readonly title: string;
  readonly axes: MapAxes;
  readonly names: readonly [string, string];
  readonly picture: Picture;
  readonly palette: Palette;
  readonly theme: Theme;
  readonly run: number;
  /** Of the run on the stage. */
  readonly dot: readonly [number, number] | null;
  readonly edges: readonly Edge[];
  /** Rows of the key after those of the colours: of the lines of theory, and of the run. */
  readonly theory: string;
  readonly stage: string;
}

/** Image pixels a CSS pixel. */
const SCALE = 2;
const [WIDTH, HEIGHT] = [560, 440];
const [LEFT, TOP, RIGHT, BOTTOM] = [76, 40, 20, 52];
const ROW = 22;
const SWATCH = [40, 12] as const;

/** Rejects where the browser cannot make it. */
export function mapImage(image: MapImage): Promise<Blob> {
  const { picture, palette, theme, title, edges, theory, stage, run, dot } = image;
  const key = keyOf(picture, palette);
  const rows = key.length + (edges.length > 0 ? 1 : 0) + (dot ? 1 : 0);
  const layer = new CanvasLayer(document.createElement('canvas'));
  const [width, height] = [LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM + rows * ROW + 10];
  layer.resize(width, height, SCALE);
  const { context, canvas } = layer;
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  write(context, title, LEFT, TOP / 2, theme.text, `600 13px ${theme.font}`);
  drawPlot(context, image);
  drawAxes(context, image);
  let y = TOP + HEIGHT + BOTTOM + ROW / 2;
  const row = (words: string): void => {
    write(context, words, LEFT + SWATCH[0] + 10, y, theme.text, `12px ${theme.font}`);
    y += ROW;
  };
  for (const one of key) {
    drawSwatch(context, one.colours, LEFT, y - SWATCH[1] / 2);
    row(wordsOf(one, picture));
  }
  if (edges.length > 0) {
    stroke(context, new Path2D(`M${LEFT},${y}h${SWATCH[0]}`), theme);
    row(theory);
  }
  if (dot) {
    drawMarker(context, run, LEFT + SWATCH[0] / 2, y, 5, runColour(theme, run), theme.panel);
    row(stage);
  }
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no PNG'))), 'image/png'));
}

type Context = CanvasRenderingContext2D;

function drawPlot(context: Context, { axes, picture, palette, theme, run, dot, edges }: MapImage): void {
  const pixels = document.createElement('canvas');
  [pixels.width, pixels.height] = [picture.nx, picture.ny];
  const flat = pixels.getContext('2d');
  if (flat) {
    const data = flat.createImageData(picture.nx, picture.ny);
    paint(picture, data.data, palette);
    flat.putImageData(data, 0, 0);
  }
  const { left, bottom, width, height } = rectOf(picture, axes);
  context.save();
  context.beginPath();
  context.rect(LEFT, TOP, WIDTH, HEIGHT);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(pixels, LEFT + WIDTH * left, TOP + HEIGHT * (1 - bottom - height), WIDTH * width, HEIGHT * height);
  curvesOf(edges, axes, toX(axes), toY(axes), [LEFT, LEFT + WIDTH]).forEach(({ formula, path, label }, n) => {
    stroke(context, new Path2D(path), theme);
    if (!label) return;
    const right = n > 0 || edges.length === 1; // of its line
    context.textAlign = right ? 'left' : 'right';
    const at = [`${formula}/λmax`, label[0] + (right ? 6 : -6), label[1] + 16] as const;
    context.font = `12px ${theme.font}`;
    [context.lineWidth, context.strokeStyle] = [3, theme.panel];
    context.strokeText(...at);
    write(context, ...at, theme.text, context.font);
  });
  if (dot) drawMarker(context, run, toX(axes)(dot[0]), toY(axes)(dot[1]), 6, runColour(theme, run), theme.panel);
  context.restore();
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.strokeRect(LEFT, TOP, WIDTH, HEIGHT);
}

const toX = ([across]: MapAxes) => (value: number): number => LEFT + WIDTH * shareOf(across, value);
const toY = ([, up]: MapAxes) => (value: number): number => TOP + HEIGHT * (1 - shareOf(up, value));

function drawAxes(context: Context, { axes, names, theme }: MapImage): void {
  const font = `11px ${theme.font}`;
  context.textAlign = 'center';
  for (const value of ticks(axes[0], 6)) write(context, formatNumber(value, 6), toX(axes)(value), TOP + HEIGHT + 14, theme.muted, font);
  write(context, names[0], LEFT + WIDTH / 2, TOP + HEIGHT + 34, theme.text, `12px ${theme.font}`);
  context.textAlign = 'right';
  for (const value of ticks(axes[1], 7)) write(context, formatNumber(value, 6), LEFT - 8, toY(axes)(value), theme.muted, font);
  context.save();
  context.translate(16, TOP + HEIGHT / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  write(context, names[1], 0, 0, theme.text, `12px ${theme.font}`);
  context.restore();
  context.textAlign = 'left';
}

function write(context: Context, words: string, x: number, y: number, colour: string, font: string): void {
  context.font = font;
  context.fillStyle = colour;
  context.fillText(words, x, y);
}

/** Dashed, with a rim that tells it from any colour. */
function stroke(context: Context, path: Path2D, theme: Theme): void {
  context.setLineDash([]);
  context.lineWidth = 3.5;
  context.strokeStyle = theme.panel;
  context.stroke(path);
  context.setLineDash([5, 4]);
  context.lineWidth = 1.75;
  context.strokeStyle = theme.text;
  context.stroke(path);
  context.setLineDash([]);
}

function drawSwatch(context: Context, colours: readonly Colour[], x: number, y: number): void {
  const [first] = colours;
  if (!first) return;
  const fill = context.createLinearGradient(x, 0, x + SWATCH[0], 0);
  colours.forEach((colour, n) => fill.addColorStop(colours.length > 1 ? n / (colours.length - 1) : 0, css(colour)));
  context.fillStyle = fill;
  context.fillRect(x, y, ...SWATCH);
}
