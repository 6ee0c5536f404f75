/** Predictions over the map of two inputs: shaded, with the decision boundary. */
import type { Fit } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { classRamps, divergingRamp, rampIndex } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { UNIT, toX, toY, type Interval, type Viewport } from '../../render/viewport/viewport';
import { traceLevel } from './contour';
import { classAt, drawnOutput, hasOneOutput } from './prediction';

export class DecisionMap {
  /** One pixel a grid point. */
  private readonly canvas = document.createElement('canvas');
  private readonly pixelContext = this.canvas.getContext('2d');
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  private theme: Theme | null = null;
  private ramp: Uint32Array = new Uint32Array(0);
  private classRamps: readonly Uint32Array[] = [];

  /** Covers the whole plot area; the caller clips. range: of a regression's outputs. */
  draw(context: CanvasRenderingContext2D, view: Viewport, picture: DataPicture, fit: Fit, range: Interval, theme: Theme): void {
    const [nx = 0, ny = 0] = picture.shape;
    if (!this.pixelContext || fit.points !== nx * ny) return;
    const image = this.prepare(nx, ny, picture, theme);
    const colourAt = this.colourAt(picture, fit, range);
    for (let n = 0; n < fit.points; n++) {
      const row = ny - 1 - Math.floor(n / nx); // images start at the top
      this.pixels[row * nx + (n % nx)] = colourAt(n);
    }
    this.pixelContext.putImageData(image, 0, 0);
    const [[x0, x1] = UNIT, [y0, y1] = UNIT] = picture.bounds;
    const atX = (x: number): number => toX(view, x0 + (x / (nx - 1)) * (x1 - x0));
    const atY = (y: number): number => toY(view, y0 + (y / (ny - 1)) * (y1 - y0));
    // Each value is at the middle of its pixel.
    const [left, top] = [atX(-0.5), atY(ny - 0.5)];
    context.imageSmoothingEnabled = true;
    context.drawImage(this.canvas, left, top, atX(nx - 0.5) - left, atY(-0.5) - top);
    if (picture.classes.length === 0) return;
    context.beginPath();
    for (const { level, at } of boundaries(picture, fit)) {
      traceLevel(nx, ny, level, at, (fromX, fromY, x, y) => {
        context.moveTo(atX(fromX), atY(fromY));
        context.lineTo(atX(x), atY(y));
      });
    }
    context.lineWidth = 2 * theme.strokeScale;
    context.lineCap = 'round';
    context.strokeStyle = theme.text;
    context.stroke();
  }

  private prepare(nx: number, ny: number, picture: DataPicture, theme: Theme): ImageData {
    if (this.canvas.width !== nx || this.canvas.height !== ny || !this.image) {
      this.canvas.width = nx;
      this.canvas.height = ny;
      this.image = new ImageData(nx, ny);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    if (theme !== this.theme || this.classRamps.length !== picture.classes.length) {
      this.theme = theme;
      this.ramp = divergingRamp(theme);
      this.classRamps = classRamps(theme, picture.classes.length);
    }
    return this.image;
  }

  /** The pixel of a grid point; 0 (transparent) for NaN. */
  private colourAt(picture: DataPicture, fit: Fit, range: Interval): (point: number) => number {
    if (picture.classes.length > 0 && !hasOneOutput(picture)) {
      return (point) => {
        const { predicted, probability } = classAt(picture, fit, point);
        return this.classRamps[predicted]?.[rampIndex(probability, 0, 1)] ?? 0;
      };
    }
    const [low, high] = picture.classes.length > 0 ? [0, 1] : range;
    const drawn = drawnOutput(picture);
    return (point) => {
      const value = fit.values[point * fit.outputs + drawn] as number;
      return Number.isNaN(value) ? 0 : (this.ramp[rampIndex(value, low, high)] as number);
    };
  }
}

/** The level lines of the boundary: probability 0.5 of class 1; of several classes, where each stops being the likeliest. */
function boundaries(picture: DataPicture, { values, outputs }: Fit): { level: number; at: (point: number) => number }[] {
  if (hasOneOutput(picture)) {
    const drawn = drawnOutput(picture);
    return [{ level: 0.5, at: (point) => values[point * outputs + drawn] as number }];
  }
  return picture.classes.map((_, each) => ({
    level: 0,
    at: (point) => {
      let best = Number.NEGATIVE_INFINITY;
      for (let other = 0; other < outputs; other++) {
        if (other !== each) best = Math.max(best, values[point * outputs + other] as number);
      }
      return (values[point * outputs + each] as number) - best;
    },
  }));
}
