/** What one run's model says all over the map of two inputs: shaded, with the line where it changes its mind. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { classRamps, place, ramp } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import type { Viewport } from '../../render/viewport/viewport';
import { toX, toY } from '../../render/viewport/viewport';
import { traceLevel } from './contour';
import { classAt, drawnOutput, oneNumber } from './prediction';

/** Smallest and largest number to be told apart by colour. */
export type Range = readonly [number, number];

const UNKNOWN: Range = [0, 1];

export class Decision {
  private readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d');
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  private theme: Theme | null = null;
  private shades: Uint32Array = new Uint32Array(0);
  private classes: readonly Uint32Array[] = [];

  /** range: of the numbers of a regression. Clears nothing: draws over the whole of the plot. */
  draw(on: CanvasRenderingContext2D, view: Viewport, picture: DataPicture, fit: Fit, range: Range, theme: Theme): void {
    const [nx = 0, ny = 0] = picture.shape;
    if (!this.context || fit.points !== nx * ny) return;
    this.prepare(nx, ny, picture, theme);
    const { image, pixels } = this;
    if (!image) return;
    if (oneNumber(picture) || picture.classes.length === 0) this.shade(picture, fit, range, nx, ny);
    else {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++) {
          const { given, probability } = classAt(picture, fit, y * nx + x);
          pixels[(ny - 1 - y) * nx + x] = this.classes[given]?.[place(probability, 0, 1)] ?? 0;
        }
      }
    }
    this.context.putImageData(image, 0, 0);
    const { left, right, top, bottom } = edges(view, picture, nx, ny);
    on.save();
    on.beginPath();
    on.rect(view.left, view.top, view.width, view.height);
    on.clip();
    on.imageSmoothingEnabled = true;
    on.drawImage(this.canvas, left, top, right - left, bottom - top);
    if (picture.classes.length > 0) this.line(on, view, picture, fit, nx, ny, theme);
    on.restore();
  }

  private prepare(nx: number, ny: number, picture: DataPicture, theme: Theme): void {
    if (this.canvas.width !== nx || this.canvas.height !== ny || !this.image) {
      this.canvas.width = nx;
      this.canvas.height = ny;
      this.image = new ImageData(nx, ny);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    if (theme === this.theme && this.classes.length === picture.classes.length) return;
    this.theme = theme;
    this.shades = ramp(theme);
    this.classes = classRamps(theme, picture.classes.length);
  }

  private shade(picture: DataPicture, { values, outputs }: Fit, range: Range, nx: number, ny: number): void {
    const [low, high] = picture.classes.length > 0 ? [0, 1] : range;
    const drawn = drawnOutput(picture);
    for (let y = 0; y < ny; y++) {
      const row = (ny - 1 - y) * nx; // pictures begin at the top
      for (let x = 0; x < nx; x++) {
        const value = values[(y * nx + x) * outputs + drawn] as number;
        this.pixels[row + x] = Number.isNaN(value) ? 0 : (this.shades[place(value, low, high)] as number);
      }
    }
  }

  /** Where the probability of class 1 is 0.5; of several classes, where each stops being the likeliest. */
  private line(on: CanvasRenderingContext2D, view: Viewport, picture: DataPicture, fit: Fit, nx: number, ny: number, theme: Theme): void {
    const [bx = UNKNOWN, by = UNKNOWN] = picture.bounds;
    const atX = (x: number): number => toX(view, bx[0] + (x / (nx - 1)) * (bx[1] - bx[0]));
    const atY = (y: number): number => toY(view, by[0] + (y / (ny - 1)) * (by[1] - by[0]));
    const { values, outputs } = fit;
    on.beginPath();
    const segment = (x0: number, y0: number, x1: number, y1: number): void => {
      on.moveTo(atX(x0), atY(y0));
      on.lineTo(atX(x1), atY(y1));
    };
    if (oneNumber(picture)) {
      const drawn = drawnOutput(picture);
      traceLevel(nx, ny, 0.5, (n) => values[n * outputs + drawn] as number, segment);
    } else {
      for (let each = 0; each < picture.classes.length; each++) {
        const ahead = (n: number): number => {
          let best = Number.NEGATIVE_INFINITY;
          for (let other = 0; other < outputs; other++) {
            if (other !== each) best = Math.max(best, values[n * outputs + other] as number);
          }
          return (values[n * outputs + each] as number) - best;
        };
        traceLevel(nx, ny, 0, ahead, segment);
      }
    }
    on.lineWidth = 2 * theme.weight;
    on.lineCap = 'round';
    on.strokeStyle = theme.text;
    on.stroke();
  }
}

/** Of the picture on the stage, CSS pixels: each value stands in the middle of its pixel. */
function edges(view: Viewport, picture: DataPicture, nx: number, ny: number) {
  const [bx = UNKNOWN, by = UNKNOWN] = picture.bounds;
  const halfX = (bx[1] - bx[0]) / (nx - 1) / 2;
  const halfY = (by[1] - by[0]) / (ny - 1) / 2;
  return {
    left: toX(view, bx[0] - halfX), right: toX(view, bx[1] + halfX), top: toY(view, by[1] + halfY), bottom: toY(view, by[0] - halfY),
  };
}
