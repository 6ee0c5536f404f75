/** The sweep of the view on screen: asked for, followed tile by tile, and asked for again where another experiment cancelled it. */
import { Refused } from '../../core/session/faults';
import type { Fault, Session } from '../../core/session/types';
import type { Sweep } from '../../core/protocol/wire';
import { Picture } from './picture';

/** Milliseconds before what was cancelled is asked for again. */
const AGAIN = 200;

/** By another experiment, and not because it asks for too much. */
const cancelled = ({ fault }: Refused): boolean => fault.field === '' && ['limit', 'no_experiment'].includes(fault.code);

export class MapSweep {
  /** The picture of the latest view of which a tile has come. */
  picture = $state.raw<Picture | null>(null);
  /** Grows with each tile. */
  version = $state(0);
  /** Why there is no picture of the view; null where there is one, or will be. */
  fault = $state.raw<Fault | null>(null);

  private wanted = '';
  private language = '';

  constructor(private readonly session: Pick<Session, 'sweep' | 'cancelSweep'>) {}

  /** language: what is wrong with the sweep is asked for again in another one. */
  want(sweep: Sweep, language = ''): void {
    const wanted = JSON.stringify(sweep);
    const other = this.fault !== null && language !== this.language;
    this.language = language;
    if (wanted === this.wanted && !other) return;
    this.wanted = wanted;
    this.fault = null;
    void this.follow(new Picture(sweep), wanted);
  }

  stop(): void {
    this.wanted = '';
    this.session.cancelSweep();
  }

  private async follow(picture: Picture, wanted: string): Promise<void> {
    while (wanted === this.wanted) {
      try {
        await this.session.sweep(picture.sweep, picture.tiles, (tile) => {
          if (wanted !== this.wanted) return;
          picture.add(tile);
          this.picture = picture;
          this.version += 1;
        });
        return;
      } catch (error) {
        if (wanted !== this.wanted) return;
        if (error instanceof Refused && !cancelled(error)) {
          this.fault = error.fault;
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN)); // another experiment was opened, or the server is away
      }
    }
  }
}
