/** Keeps the page's address saying what is on the page. */
import { toHash, type Address } from '../experiment/url-hash';

/** Milliseconds of rest before the address is written: browsers refuse more than some hundred changes in half a minute. */
const REST = 400;

export class AddressKeeper {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private written = '';

  /** what: asked when the address is written; null: nothing to say yet. */
  constructor(private readonly what: () => Address | null) {}

  /** The page has changed. */
  changed(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.write();
    }, REST);
  }

  /** Whether the address says what it last was made to say. */
  get own(): boolean {
    return location.hash === this.written;
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private async write(): Promise<void> {
    const address = this.what();
    if (!address) return;
    this.written = `#${await toHash(address)}`;
    history.replaceState(history.state, '', this.written);
  }
}
