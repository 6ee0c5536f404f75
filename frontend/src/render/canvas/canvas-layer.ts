/** A canvas over the plot, sized in CSS pixels and sharp at every device pixel ratio. */
export class CanvasLayer {
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;
  ratio = 1;

  constructor(readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no 2-D canvas');
    this.context = context;
  }

  /** True when the size or the pixel ratio changed; the canvas is then empty. ratio: the display's, if not said. */
  resize(width: number, height: number, ratio = Math.min(window.devicePixelRatio || 1, 3)): boolean {
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return true;
  }

  clear(): void {
    this.context.clearRect(0, 0, this.width, this.height);
  }
}
