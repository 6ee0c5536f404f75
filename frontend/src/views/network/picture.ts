/** Draws a net: neurons with their maps or curves, and links with the width and the sign of their weights. */
import type { DataPicture, NeuronsAnswer } from '../../core/protocol/wire';
import type { CanvasLayer } from '../../render/canvas/canvas-layer';
import { classColours } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { endsOf, layOut, middleOf, TEXT_HEIGHT, widthOf, type NetLayout } from './layout';
import { placeOf, sameNeuron, type Column, type Link, type Neuron } from './net';
import { NeuronMaps, spansOf, type Span } from './neuron-maps';

/** What is drawn. */
export interface Net {
  readonly answer: NeuronsAnswer;
  readonly columns: readonly Column[];
  /** null while it is not known. */
  readonly data: DataPicture | null;
  /** Above each column. */
  readonly captions: readonly string[];
  /** Of the inputs, and of the outputs. */
  readonly names: readonly [readonly string[], readonly string[]];
}

/** What the user points at. */
export interface Pointed {
  readonly neuron: Neuron | null;
  readonly link: Link | null;
}

const OPACITY = 0.8;
/** Of links that do not lead to the neuron the user points at. */
const FAINT = 0.16;

export class NetPicture {
  layout: NetLayout = layOut([], 0, 0);
  private readonly maps = new NeuronMaps();
  private spans: readonly Span[] = [];
  /** What the layout and the maps are made from. */
  private placed: readonly unknown[] = [];
  private prepared: readonly unknown[] = [];

  /** Draws all on the layer. */
  draw(layer: CanvasLayer, net: Net, pointed: Pointed, theme: Theme): void {
    const { context, width, height } = layer;
    const place = [net.columns, width, height, theme];
    if (place.some((value, n) => value !== this.placed[n])) {
      this.layout = layOut(net.columns, width, height, TEXT_HEIGHT * theme.fontScale);
      this.placed = place;
    }
    this.prepare(net, theme);
    layer.clear();
    context.lineJoin = 'round';
    this.drawLinks(context, net, pointed, theme);
    const { columns } = net;
    columns.forEach(({ size }, column) => {
      for (let row = 0; row < size; row += 1) {
        const neuron = { column, row };
        const [x, y] = middleOf(this.layout, neuron);
        const chosen = sameNeuron(neuron, pointed.neuron);
        this.drawNeuron(context, net, neuron, x, y, this.layout.size, theme, chosen);
      }
    });
    this.drawWords(context, net, theme);
  }

  /** Draws one neuron alone, as large as the layer. */
  drawLarge(layer: CanvasLayer, net: Net, neuron: Neuron, theme: Theme): void {
    const { context, width, height } = layer;
    this.prepare(net, theme);
    layer.clear();
    this.drawNeuron(context, net, neuron, width / 2, height / 2, Math.min(width, height) - 2, theme, false);
  }

  private prepare({ answer, data }: Net, theme: Theme): void {
    const now = [answer, data, theme];
    if (now.every((value, n) => value === this.prepared[n])) return;
    this.prepared = now;
    this.spans = spansOf(answer, data);
    this.maps.update(answer, this.spans, data, theme);
  }

  private drawLinks(context: CanvasRenderingContext2D, { answer }: Net, { neuron, link: pointedLink }: Pointed, theme: Theme): void {
    const { layout } = this;
    const [negative, positive] = classColours(theme, 2) as [string, string];
    const params = answer.params.values;
    context.lineCap = 'butt';
    for (const link of layout.links) {
      const weight = params[link.index] as number;
      if (!Number.isFinite(weight)) continue;
      const [x0, y0, x1, y1] = endsOf(layout, link);
      const middle = (x0 + x1) / 2;
      const here = pointedLink ? link.index === pointedLink.index : !neuron || sameNeuron(link.to, neuron) || leaves(link, neuron);
      context.globalAlpha = here ? OPACITY : FAINT;
      context.strokeStyle = weight < 0 ? negative : positive;
      context.lineWidth = widthOf(weight, layout.size);
      context.beginPath();
      context.moveTo(x0, y0);
      context.bezierCurveTo(middle, y0, middle, y1, x1, y1);
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  private drawNeuron(
    context: CanvasRenderingContext2D, { answer, columns }: Net, neuron: Neuron, x: number, y: number, size: number, theme: Theme, chosen: boolean,
  ): void {
    const place = placeOf(columns, neuron);
    const span = this.spans[place] as Span;
    const [left, top] = [x - size / 2, y - size / 2];
    const { maps } = this;
    context.fillStyle = maps.side > 0 || answer.shape.length === 1 ? theme.panel : maps.colourOf(place, answer.means.values[place] as number, span);
    context.fillRect(left, top, size, size);
    if (maps.side > 0) {
      context.imageSmoothingEnabled = true;
      // Half a pixel less at each side: beyond that, the neighbours' colours would be mixed in.
      const { side } = maps;
      context.drawImage(maps.canvas, place * side + 0.5, 0.5, side - 1, side - 1, left, top, size, size);
    } else if (answer.shape.length === 1) drawCurve(context, answer, place, span, left, top, size, theme);
    context.strokeStyle = chosen ? theme.accent : theme.muted;
    context.lineWidth = chosen ? 2.5 : 1;
    context.strokeRect(left, top, size, size);
  }

  private drawWords(context: CanvasRenderingContext2D, { columns, captions, names }: Net, theme: Theme): void {
    const { layout } = this;
    const gap = ((layout.places.at(-1)?.x ?? 0) - (layout.places[0]?.x ?? 0)) / Math.max(1, columns.length - 1);
    context.font = `${11 * theme.fontScale}px ${theme.font}`;
    context.fillStyle = theme.muted;
    context.textBaseline = 'middle';
    const last = columns.length - 1;
    // The texts of the outer columns begin and end with the column.
    const write = (text: string, column: number, x: number, y: number): void => {
      const align = column === 0 ? 'left' : column === last ? 'right' : 'center';
      const room = Math.max(layout.size, gap - 4) * (align === 'center' ? 1 : 0.75);
      context.textAlign = align;
      const left = align === 'left' ? x - layout.size / 2 : align === 'right' ? x + layout.size / 2 : x;
      context.fillText(shortened(text, room, (part) => context.measureText(part).width), left, y);
    };
    captions.forEach((caption, column) => {
      const place = layout.places[column];
      if (place) write(caption, column, place.x, layout.textHeight / 2);
    });
    if (!layout.named) return;
    for (const [column, own] of [[0, names[0]], [last, names[1]]] as const) {
      own.forEach((name, row) => {
        const [x, y] = middleOf(layout, { column, row });
        write(name, column, x, y + (layout.size + layout.textHeight) / 2);
      });
    }
  }
}

function leaves(link: Link, { column, row }: Neuron): boolean {
  return link.to.column === column + 1 && link.from === row;
}

function drawCurve(
  context: CanvasRenderingContext2D, { maps }: NeuronsAnswer, place: number, [low, high]: Span, left: number, top: number, size: number, theme: Theme,
): void {
  const points = maps.shape[1] ?? 0;
  const atY = (value: number): number => top + size - (Math.min(high, Math.max(low, value)) - low) / (high - low || 1) * size;
  context.lineWidth = 1;
  context.strokeStyle = theme.grid;
  context.beginPath();
  if (low < 0 && high > 0) {
    context.moveTo(left, atY(0));
    context.lineTo(left + size, atY(0));
  }
  context.stroke();
  context.strokeStyle = theme.text;
  context.lineWidth = Math.max(1, size / 24);
  context.beginPath();
  for (let n = 0; n < points; n += 1) {
    const value = maps.values[place * points + n] as number;
    if (Number.isFinite(value)) context.lineTo(left + (n / (points - 1)) * size, atY(value));
  }
  context.stroke();
}

/** As much of a text as has room, and … where that is not all. */
export function shortened(text: string, room: number, widthOfText: (text: string) => number): string {
  if (widthOfText(text) <= room) return text;
  let kept = text.length - 1;
  while (kept > 1 && widthOfText(`${text.slice(0, kept)}…`) > room) kept -= 1;
  return `${text.slice(0, kept)}…`;
}
