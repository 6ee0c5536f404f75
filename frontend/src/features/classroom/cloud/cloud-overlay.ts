/** The class's runs on the one map: every path, and where it ends, coloured by what became of it. */
import type { CloudEntry } from '../../../core/classroom/types';
import type { Theme } from '../../../render/colours/theme-colours';
import type { Place } from '../../../render/viewport/viewport';
import type { MapOverlay } from '../../../views/map2d/map-overlay';
import { OUTCOMES, real, type Outcome } from './cloud-entries';

export class CloudOverlay implements MapOverlay {
  private entries: readonly CloudEntry[] = [];
  private readonly watching = new Set<() => void>();

  show(entries: readonly CloudEntry[]): void {
    // What went wrong is drawn over what went well: it is less, and what the class looks at.
    this.entries = [...entries].sort((one, other) => OUTCOMES.indexOf(one.outcome) - OUTCOMES.indexOf(other.outcome));
    for (const redraw of this.watching) redraw();
  }

  watch(redraw: () => void): () => void {
    this.watching.add(redraw);
    return () => this.watching.delete(redraw);
  }

  draw(context: CanvasRenderingContext2D, place: (x: number, y: number) => Place, theme: Theme): void {
    const scale = theme.strokeScale;
    const alpha = Math.max(0.25, Math.min(0.9, 8 / Math.sqrt(this.entries.length + 1) / 4));
    context.lineJoin = 'round';
    for (const entry of this.entries) {
      const points = pointsOf(entry).map(([x, y]) => place(x, y));
      const end = points.at(-1);
      if (!end) continue;
      const colour = outcomeColour(entry.outcome, theme);
      context.strokeStyle = colour;
      context.globalAlpha = alpha;
      context.lineWidth = 1.75 * scale;
      context.beginPath();
      points.forEach(({ x, y }, n) => (n === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      context.stroke();
      context.globalAlpha = 1;
      context.beginPath();
      context.arc(end.x, end.y, 5 * scale, 0, 2 * Math.PI);
      context.fillStyle = colour;
      context.fill();
      context.strokeStyle = theme.panel;
      context.lineWidth = scale;
      context.stroke();
    }
  }
}

/** The points of a path up to the first that is not finite. On a curve they are parameter and loss. */
export function pointsOf({ path, losses }: Pick<CloudEntry, 'path' | 'losses'>): [number, number][] {
  const points: [number, number][] = [];
  for (const [n, at] of path.entries()) {
    const point: [number, number] = [real(at[0]), real(at.length === 1 ? losses[n] : at[1])];
    if (!point.every(Number.isFinite)) break;
    points.push(point);
  }
  return points;
}

export function outcomeColour(outcome: Outcome, theme: Theme): string {
  if (outcome === 'converged') return theme.good;
  if (outcome === 'oscillating') return theme.swing;
  return outcome === 'diverged' ? theme.warning : (theme.runs[0] as string);
}
