/** The critical points to show: the declared ones at once, then all that the engine finds in the view. */
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { Session } from '../../core/session/types';

/** Milliseconds that the view must rest before it is searched: a search costs more than a grid of losses. */
const WAIT = 400;

export class CriticalPoints {
  now: readonly CriticalPoint[] = [];
  private readonly query: LatestQuery<[bounds: [number, number][]], readonly CriticalPoint[]>;

  /** changed: called with each new list. */
  constructor(session: Pick<Session, 'points'>, private readonly changed: (points: readonly CriticalPoint[]) => void) {
    this.query = new LatestQuery((bounds) => session.points(bounds), (points) => this.set(points), WAIT);
  }

  /** Another problem. */
  problemChanged(scene: Scene, bounds: [number, number][]): void {
    this.set(scene.points);
    this.query.ask(bounds);
  }

  viewChanged(bounds: [number, number][]): void {
    this.query.askSoon(bounds);
  }

  stop(): void {
    this.query.stop();
  }

  private set(points: readonly CriticalPoint[]): void {
    this.now = points;
    this.changed(points);
  }
}
