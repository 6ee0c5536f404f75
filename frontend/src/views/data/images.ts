/** Small images with the class that the model predicts for each. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { inkRamp } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { classAt } from './prediction';

type Context = CanvasRenderingContext2D;

/** CSS pixels between two images, and of the line of text under each. */
const GAP = 6;
const TEXT_HEIGHT = 14;

/** The number of columns that makes `count` square images largest. */
export function columnsFor(count: number, width: number, height: number): number {
  const columns = Array.from({ length: count }, (_, n) => n + 1);
  return columns.reduce((best, n) => (sideOf(count, n, width, height) > sideOf(count, best, width, height) ? n : best), 1);
}

function sideOf(count: number, columns: number, width: number, height: number): number {
  const rows = Math.ceil(count / columns);
  return Math.min((width - (columns + 1) * GAP) / columns, (height - (rows + 1) * GAP) / rows - TEXT_HEIGHT);
}

export class ImageGrid {
  /** All images below one another, drawn once. */
  private readonly canvas = document.createElement('canvas');
  private picture: DataPicture | null = null;
  private theme: Theme | null = null;

  /** classNames: in the page's language. */
  draw(context: Context, width: number, height: number, picture: DataPicture, fit: Fit | null, classNames: readonly string[], theme: Theme): void {
    this.prepare(picture, theme);
    const [count = 0, , imageHeight = 1, imageWidth = 1] = picture.inputs.shape;
    if (count === 0) return;
    const textHeight = TEXT_HEIGHT * theme.fontScale;
    const columns = columnsFor(count, width, height);
    const side = Math.max(4, sideOf(count, columns, width, height) - (textHeight - TEXT_HEIGHT));
    const left = (width - columns * (side + GAP) + GAP) / 2;
    context.imageSmoothingEnabled = false;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (let n = 0; n < count; n++) {
      const x = left + (n % columns) * (side + GAP);
      const y = GAP + Math.floor(n / columns) * (side + GAP + textHeight);
      const part = picture.part.values[n] as number;
      const { predicted, probability } = fit ? classAt(picture, fit, n) : { predicted: -1, probability: 0 };
      const right = predicted === picture.targets.values[n];
      const wrong = fit !== null && !right;
      context.drawImage(this.canvas, 0, n * imageHeight, imageWidth, imageHeight, x, y, side, side);
      context.lineWidth = (wrong ? 2.5 : 1) * theme.strokeScale;
      context.strokeStyle = wrong ? theme.warning : theme.grid;
      context.strokeRect(x, y, side, side);
      if (part !== 0) drawCorner(context, x, y, side, part === 2, theme);
      if (predicted < 0) continue;
      context.fillStyle = right ? theme.muted : theme.warning;
      context.fillRect(x, y + side - 2, side * probability, 2);
      context.font = `${right ? 400 : 700} ${11 * theme.fontScale}px ${theme.font}`;
      context.fillText(`${classNames[predicted] ?? predicted} ${right ? '✓' : '✗'}`, x + side / 2, y + side + textHeight / 2 + 1, side + GAP);
    }
  }

  private prepare(picture: DataPicture, theme: Theme): void {
    if (picture === this.picture && theme === this.theme) return;
    [this.picture, this.theme] = [picture, theme];
    const [count = 0, channels = 1, height = 1, width = 1] = picture.inputs.shape;
    const context = this.canvas.getContext('2d');
    if (!context || count === 0) return;
    this.canvas.width = width;
    this.canvas.height = count * height;
    const image = context.createImageData(width, count * height);
    const ink = inkRamp(theme);
    const size = height * width;
    const level = (n: number, channel: number, at: number): number =>
      Math.max(0, Math.min(255, Math.round(255 * (picture.inputs.values[(n * channels + channel) * size + at] as number))));
    for (let n = 0; n < count; n++) {
      for (let at = 0; at < size; at++) {
        const colour = channels === 3 ? [0, 1, 2].map((channel) => level(n, channel, at)) : (ink[level(n, 0, at)] as readonly number[]);
        image.data.set([...colour, 255], 4 * (n * size + at));
      }
    }
    context.putImageData(image, 0, 0);
  }
}

/** Marks a sample outside the training part; filled in the test part. */
function drawCorner(context: Context, x: number, y: number, side: number, test: boolean, theme: Theme): void {
  const size = Math.max(5, side / 5);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.closePath();
  context.fillStyle = test ? theme.momentum : theme.panel;
  context.fill();
  context.lineWidth = 1.25;
  context.strokeStyle = theme.momentum;
  context.stroke();
}
