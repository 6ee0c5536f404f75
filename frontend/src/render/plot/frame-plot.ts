/** A plot whose canvases follow the session's frames. */
import type { DrawState, Session } from '../../core/session/types';
import { PlotHost, type Part } from './plot-host';

export abstract class FramePlot extends PlotHost {
  /** The last frame; drawn again when the plot under it changes. */
  frame: DrawState | null = null;

  constructor(host: HTMLElement, protected readonly session: Session, parts?: readonly Part[]) {
    super(host, parts);
  }

  override start(): Promise<void> {
    this.onStop(this.session.onFrame((frame) => this.draw(frame)));
    return super.start();
  }

  /** Called at every display frame while playing: it touches no reactive state. */
  protected abstract draw(frame: DrawState): void;

  protected override drawOverlay(): void {
    if (this.frame) this.draw(this.frame);
  }
}
