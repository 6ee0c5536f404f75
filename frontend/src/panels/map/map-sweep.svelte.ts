/** The sweep of the view on screen: asked for, followed tile by tile, and asked for again where another experiment cancelled it. */
import { Refused } from '../../core/session/faults';
import type { Session } from '../../core/session/types';
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
  /** Why there is no picture of the view; '' where there is one, or will be. */
  fault = $state('');

  private wanted = '';

  constructor(private readonly session: Pick<Session, 'sweep' | 'cancelSweep'>) {}

  want(sweep: Sweep): void {
    const wanted = JSON.stringify(sweep);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.fault = '';
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
          this.fault = error.fault.message;
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN)); // another experiment was opened, or the server is away
      }
    }
  }
}
