/** A canvas over or under a plot, sized in CSS pixels and sharp at every device pixel ratio. */
import type { Box } from '../viewport/viewport';

export class CanvasLayer {
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;
  private ratio = 1;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no 2-D canvas');
    this.context = context;
  }

  /** Sets size and pixel ratio; a change empties the canvas. */
  resize(width: number, height: number, ratio = Math.min(window.devicePixelRatio || 1, 3)): void {
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  clear(): void {
    this.context.clearRect(0, 0, this.width, this.height);
  }

  /** Clips what follows to a plot area, with round joins, until `context.restore()`. */
  clip({ left, top, width, height }: Box): CanvasRenderingContext2D {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.lineJoin = 'round';
    return context;
  }
}
