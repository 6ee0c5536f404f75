/** The loss on a grid, asked of the server: again when the view moves, never showing an answer that came too late. */
import type { Grid, Session } from '../session/types';

const WAIT_MS = 150;

export class SurfaceGrid {
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly surface: Session['surface'],
    private readonly arrived: (grid: Grid) => void,
  ) {}

  /** Asks at once; an earlier question's answer is dropped. */
  ask(bounds: [number, number][], shape: number[]): void {
    clearTimeout(this.timer);
    const number = ++this.asked;
    this.surface(bounds, shape).then(
      (grid) => {
        if (number === this.asked) this.arrived(grid);
      },
      () => {
        // The connection was lost, or the view was refused: the old grid stays; the session shows what is wrong.
      },
    );
  }

  /** Asks when the view has been still for a moment. */
  askSoon(bounds: [number, number][], shape: number[]): void {
    clearTimeout(this.timer);
    this.asked++;
    this.timer = setTimeout(() => this.ask(bounds, shape), WAIT_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.asked++;
  }
}
