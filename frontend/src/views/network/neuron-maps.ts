/** The map of each neuron as an image: as many pixels as it has points, all side by side on one canvas. */
import type { DataPicture, NeuronsAnswer } from '../../core/protocol/wire';
import { classRamps, divergingRamp, rampIndex } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { hasOneOutput } from '../data/prediction';
import { targetRange } from '../data/figure';

/** Values at the ends of a neuron's colours or of its curve's box. */
export type Span = readonly [low: number, high: number];

/**
 * Of each neuron, by its place. Neurons of a layer have one span, around 0, so that they can be compared; each input one of
 * its own; outputs that of the decision map. data: null while it is not known.
 */
export function spansOf({ columns, maps, means }: NeuronsAnswer, data: DataPicture | null): readonly Span[] {
  const points = maps.shape[1] ?? 0;
  const most = (first: number, count: number): number => {
    let largest = 0;
    const values = points > 0 ? maps.values : means.values;
    const each = Math.max(1, points);
    for (let n = first * each; n < (first + count) * each; n += 1) {
      const size = Math.abs(values[n] as number);
      if (size > largest && Number.isFinite(size)) largest = size;
    }
    return largest || 1;
  };
  let first = 0;
  return columns.flatMap(({ size }, column) => {
    const begin = first;
    first += size;
    if (column === columns.length - 1 && data) {
      const span: Span = data.classes.length > 0 ? [0, 1] : targetRange(data);
      return Array.from({ length: size }, () => span);
    }
    const shared = column > 0 ? most(begin, size) : 0;
    return Array.from({ length: size }, (_, row): Span => {
      const largest = shared || most(begin + row, 1);
      return [-largest, largest];
    });
  });
}

export class NeuronMaps {
  /** Neuron `k` has the pixels from x = k · side on. */
  readonly canvas = document.createElement('canvas');
  side = 0;
  /** uint32[256], of each neuron. */
  private ramps: readonly Uint32Array[] = [];
  private image: ImageData | null = null;
  private key: readonly unknown[] = [];

  /** Draws the images again. Without maps there are none. */
  update(answer: NeuronsAnswer, spans: readonly Span[], data: DataPicture | null, theme: Theme): void {
    const { maps, shape } = answer;
    this.colours(answer, data, theme);
    const [nx = 0, ny = 0] = shape;
    this.side = shape.length === 2 ? nx : 0;
    if (this.side === 0) return;
    const width = nx * spans.length;
    const context = this.canvas.getContext('2d');
    if (!context) return;
    if (this.image?.width !== width || this.image.height !== ny) {
      [this.canvas.width, this.canvas.height] = [width, ny];
      this.image = new ImageData(width, ny);
    }
    const pixels = new Uint32Array(this.image.data.buffer);
    spans.forEach(([low, high], neuron) => {
      const ramp = this.ramps[neuron] as Uint32Array;
      for (let n = 0; n < nx * ny; n += 1) {
        const value = maps.values[neuron * nx * ny + n] as number;
        const row = ny - 1 - Math.floor(n / nx); // images start at the top
        pixels[row * width + neuron * nx + (n % nx)] = Number.isNaN(value) ? 0 : (ramp[rampIndex(value, low, high)] as number);
      }
    });
    context.putImageData(this.image, 0, 0);
  }

  /** The colour of a neuron's value. */
  colourOf(neuron: number, value: number, [low, high]: Span): string {
    const pixel = this.ramps[neuron]?.[rampIndex(value, low, high)] ?? 0;
    return Number.isNaN(value) ? 'transparent' : `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;
  }

  private colours({ columns }: NeuronsAnswer, data: DataPicture | null, theme: Theme): void {
    const key = [theme, data, columns.map(({ size }) => size).join()];
    if (key.every((value, n) => value === this.key[n])) return;
    this.key = key;
    const diverging = divergingRamp(theme);
    const count = columns.reduce((sum, { size }) => sum + size, 0);
    const outputs = columns.at(-1)?.size ?? 0;
    const classes = data && data.classes.length > 0 ? data.classes.length : 0;
    const ofClasses = classes === 2 ? [diverging.toReversed(), diverging] : classRamps(theme, classes);
    const own = data !== null && classes === outputs && outputs > 1 && (classes === 2 || !hasOneOutput(data));
    this.ramps = Array.from({ length: count }, (_, n) => (own && n >= count - outputs ? ofClasses[n - count + outputs] : undefined) ?? diverging);
  }
}
