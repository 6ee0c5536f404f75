/** Follows values that come faster than they can be shown: one at a time, and at last the latest. */
export class Following<T> {
  private latest: { readonly value: T } | null = null;
  private busy = false;

  /** show: resolves when the next one can be shown. rest: milliseconds between two at least. */
  constructor(
    private readonly show: (value: T) => Promise<unknown>,
    private readonly rest: number,
  ) {}

  want(value: T): void {
    this.latest = { value };
    if (!this.busy) void this.follow();
  }

  private async follow(): Promise<void> {
    this.busy = true;
    try {
      while (this.latest) {
        const { value } = this.latest;
        this.latest = null;
        await Promise.all([this.show(value), new Promise((resolve) => setTimeout(resolve, this.rest))]);
      }
    } finally {
      this.busy = false;
    }
  }
}
