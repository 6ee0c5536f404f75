/** The critical points that the picture shows: the declared ones at once, with those that the engine finds in the view. */
import type { CriticalPoint, Scene } from '../../core/protocol/wire';
import { LatestQuery } from '../../core/queries/latest-query';
import type { Session } from '../../core/session/types';

/** Milliseconds that the view must rest before it is searched: a search costs more than a grid. */
const WAIT = 400;

export class Points {
  now: readonly CriticalPoint[] = [];
  private readonly found: LatestQuery<[bounds: [number, number][]], readonly CriticalPoint[]>;

  /** changed: told whenever `now` is another list. */
  constructor(session: Pick<Session, 'points'>, private readonly changed: (points: readonly CriticalPoint[]) => void) {
    this.found = new LatestQuery((bounds) => session.points(bounds), (points) => this.show(points), WAIT);
  }

  /** Another problem. */
  begin(scene: Scene, bounds: [number, number][]): void {
    this.show(scene.points);
    this.found.ask(bounds);
  }

  /** The view has moved. */
  moved(bounds: [number, number][]): void {
    this.found.askSoon(bounds);
  }

  stop(): void {
    this.found.stop();
  }

  private show(points: readonly CriticalPoint[]): void {
    this.now = points;
    this.changed(points);
  }
}
