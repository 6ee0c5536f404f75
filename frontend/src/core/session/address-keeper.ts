/** Keeps the page's address up to date with the experiment and step on screen. */
import { toHash, type Address } from '../experiment/url-hash';

/** Milliseconds without a change before the address is written: browsers limit `replaceState` to about 100 in 30 seconds. */
const DEBOUNCE = 400;

export class AddressKeeper {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private written = '';

  /** current: read when the address is written; null or false: nothing to write. */
  constructor(private readonly current: () => Address | null | false) {}

  /** The page has changed. */
  changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.write(), DEBOUNCE);
  }

  /** Whether the address is the one last written here, not one the user has entered. */
  get own(): boolean {
    return location.hash === this.written;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async write(): Promise<void> {
    const address = this.current();
    if (!address) return;
    this.written = `#${await toHash(address)}`;
    history.replaceState(history.state, '', this.written);
  }
}
