/** Draws the answers to a question about a place over the map: the class's, mine, and the truth. */
import type { Answer, RoomEventOf } from '../../../core/classroom/types';
import type { Theme } from '../../../render/colours/theme-colours';
import type { Place } from '../../../render/viewport/viewport';
import type { MapOverlay } from '../../../views/map2d/map-overlay';

type Kind = 'class' | 'truth' | 'mine';
type ToScreen = (x: number, y: number) => Place;

interface MarkedPlace {
  readonly kind: Kind;
  /** Parameters: two, or one on a curve. */
  readonly at: readonly number[];
}

export class PlaceOverlay implements MapOverlay {
  private places: readonly MarkedPlace[] = [];
  private readonly watching = new Set<() => void>();

  /** mine: the answer, given or about to be. results: once they are shown. */
  show(mine: Answer | null, results: RoomEventOf<'results'> | null): void {
    this.places = markedPlaces(mine, results);
    for (const redraw of this.watching) redraw();
  }

  watch(redraw: () => void): () => void {
    this.watching.add(redraw);
    return () => this.watching.delete(redraw);
  }

  draw(context: CanvasRenderingContext2D, place: ToScreen, theme: Theme): void {
    for (const { kind, at } of this.places) {
      if (at.length === 1) drawLine(context, place(at[0] as number, 1).x, kind, theme);
      else drawMark(context, place(at[0] as number, at[1] as number), kind, theme);
    }
  }
}

/** In the order in which they are drawn. */
export function markedPlaces(mine: Answer | null, results: RoomEventOf<'results'> | null): MarkedPlace[] {
  const places: MarkedPlace[] = [];
  if (results?.spread.kind === 'place') places.push(...results.spread.places.map((at) => ({ kind: 'class' as const, at })));
  if (results?.truth?.kind === 'place' && results.truth.at) places.push({ kind: 'truth', at: results.truth.at.map(Number) });
  if (mine?.kind === 'place') places.push({ kind: 'mine', at: mine.at });
  return places;
}

function colourOf(kind: Kind, theme: Theme): string {
  return kind === 'mine' ? theme.accent : kind === 'truth' ? theme.good : theme.text;
}

/** A dot for each of the class, a ring for mine, a target for the truth; with a halo, on every colour of the map. */
function drawMark(context: CanvasRenderingContext2D, { x, y }: Place, kind: Kind, theme: Theme): void {
  const scale = theme.strokeScale;
  const circle = (radius: number): void => {
    context.beginPath();
    context.arc(x, y, radius * scale, 0, 2 * Math.PI);
  };
  const colour = colourOf(kind, theme);
  if (kind === 'class') {
    circle(4.5);
    context.globalAlpha = 0.6;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = scale;
    context.strokeStyle = theme.panel;
    context.stroke();
    return;
  }
  for (const [width, style] of [[6, theme.panel], [3, colour]] as const) {
    context.lineWidth = width * scale;
    context.strokeStyle = style;
    circle(kind === 'mine' ? 9 : 7);
    if (kind === 'truth') {
      const arm = 14 * scale;
      context.moveTo(x - arm, y);
      context.lineTo(x + arm, y);
      context.moveTo(x, y - arm);
      context.lineTo(x, y + arm);
    }
    context.stroke();
  }
  circle(2.5);
  context.fillStyle = colour;
  context.fill();
}

/** On a curve: a line through its whole height, dashed for the truth. */
function drawLine(context: CanvasRenderingContext2D, x: number, kind: Kind, theme: Theme): void {
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, context.canvas.height);
  context.lineWidth = (kind === 'class' ? 1.5 : 3) * theme.strokeScale;
  context.strokeStyle = colourOf(kind, theme);
  context.globalAlpha = kind === 'class' ? 0.35 : 1;
  context.setLineDash(kind === 'truth' ? [8, 5] : []);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}
