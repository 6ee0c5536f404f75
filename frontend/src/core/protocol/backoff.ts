/** Exponential backoff with jitter, so that many pages do not reconnect at the same moment. */
export class Backoff {
  private tries = 0;

  /** first, longest: seconds. random: uniform in [0, 1). */
  constructor(
    private readonly first = 0.5,
    private readonly longest = 30,
    private readonly random: () => number = Math.random,
  ) {}

  /** Milliseconds to wait before the next try: between half and all of first, 2 first, 4 first … longest. */
  next(): number {
    const full = Math.min(this.longest, this.first * 2 ** this.tries);
    this.tries += 1;
    return full * 1000 * (0.5 + 0.5 * this.random());
  }

  reset(): void {
    this.tries = 0;
  }
}
