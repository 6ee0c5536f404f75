/** Small pictures with what the model says of each. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { ink } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { classAt } from './prediction';

type Pen = CanvasRenderingContext2D;

/** CSS pixels between two pictures, and of the line of words under each. */
const GAP = 6;
const WORDS = 14;

/** How many pictures stand in a row of a place that large. */
export function columnsFor(count: number, width: number, height: number): number {
  let [best, largest] = [1, 0];
  for (let columns = 1; columns <= count; columns++) {
    const side = sideOf(count, columns, width, height);
    if (side > largest) [best, largest] = [columns, side];
  }
  return best;
}

function sideOf(count: number, columns: number, width: number, height: number): number {
  const rows = Math.ceil(count / columns);
  return Math.min((width - (columns + 1) * GAP) / columns, (height - (rows + 1) * GAP) / rows - WORDS);
}

export class Images {
  private readonly canvas = document.createElement('canvas');
  private picture: DataPicture | null = null;
  private theme: Theme | null = null;

  /** names: of the classes, as the page's language has them. */
  draw(on: Pen, width: number, height: number, picture: DataPicture, fit: Fit | null, names: readonly string[], theme: Theme): void {
    this.prepare(picture, theme);
    const [count = 0, , tall = 1, wide = 1] = picture.inputs.shape;
    if (count === 0) return;
    const words = WORDS * theme.letters;
    const columns = columnsFor(count, width, height);
    const side = Math.max(4, sideOf(count, columns, width, height) - (words - WORDS));
    const left = (width - columns * (side + GAP) + GAP) / 2;
    on.imageSmoothingEnabled = false;
    on.textAlign = 'center';
    on.textBaseline = 'middle';
    for (let n = 0; n < count; n++) {
      const x = left + (n % columns) * (side + GAP);
      const y = GAP + Math.floor(n / columns) * (side + GAP + words);
      on.drawImage(this.canvas, 0, n * tall, wide, tall, x, y, side, side);
      const { given, probability } = fit ? classAt(picture, fit, n) : { given: -1, probability: 0 };
      const right = given === picture.targets.values[n];
      on.lineWidth = (fit && !right ? 2.5 : 1) * theme.weight;
      on.strokeStyle = fit && !right ? theme.warning : theme.grid;
      on.strokeRect(x, y, side, side);
      if (picture.part.values[n] !== 0) corner(on, x, y, side, picture.part.values[n] === 2, theme);
      if (given < 0) continue;
      on.fillStyle = right ? theme.muted : theme.warning;
      // How sure it is: the bar is full at 1.
      on.fillRect(x, y + side - 2, side * probability, 2);
      on.font = `${right ? 400 : 700} ${11 * theme.letters}px ${theme.font}`;
      on.fillText(`${names[given] ?? given} ${right ? '✓' : '✗'}`, x + side / 2, y + side + words / 2 + 1, side + GAP);
    }
  }

  /** All pictures below one another, drawn once. */
  private prepare(picture: DataPicture, theme: Theme): void {
    if (picture === this.picture && theme === this.theme) return;
    [this.picture, this.theme] = [picture, theme];
    const [count = 0, channels = 1, tall = 1, wide = 1] = picture.inputs.shape;
    const context = this.canvas.getContext('2d');
    if (!context || count === 0) return;
    this.canvas.width = wide;
    this.canvas.height = count * tall;
    const image = context.createImageData(wide, count * tall);
    const inks = ink(theme);
    const size = tall * wide;
    const level = (n: number, channel: number, at: number): number =>
      Math.max(0, Math.min(255, Math.round(255 * (picture.inputs.values[(n * channels + channel) * size + at] as number))));
    for (let n = 0; n < count; n++) {
      for (let at = 0; at < size; at++) {
        const colour = channels === 3 ? [0, 1, 2].map((channel) => level(n, channel, at)) : (inks[level(n, 0, at)] as readonly number[]);
        image.data.set([...colour, 255], 4 * (n * size + at));
      }
    }
    context.putImageData(image, 0, 0);
  }
}

/** A sample that was not trained on: a corner, filled where it is of the test part. */
function corner(on: Pen, x: number, y: number, side: number, test: boolean, theme: Theme): void {
  const size = Math.max(5, side / 5);
  on.beginPath();
  on.moveTo(x, y);
  on.lineTo(x + size, y);
  on.lineTo(x, y + size);
  on.closePath();
  on.fillStyle = test ? theme.momentum : theme.panel;
  on.fill();
  on.lineWidth = 1.25;
  on.strokeStyle = theme.momentum;
  on.stroke();
}
