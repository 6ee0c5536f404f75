/** The server's time, from answers that carry it: the one that was on its way for the shortest time counts. */

/** Milliseconds for which a measurement counts; clocks drift apart by less than a display frame meanwhile. */
const LASTS = 120_000;

interface Measurement {
  /** When the answer came. */
  readonly at: number;
  /** Server's time minus ours, and how long question and answer were on their way. */
  readonly offset: number;
  readonly trip: number;
}

export class ServerClock {
  private measured: Measurement[] = [];
  /** Our clock may have stood still; until the next answer there is nothing better than what was measured before. */
  private doubtful = false;

  /** local: milliseconds, monotonic. */
  constructor(private readonly local: () => number) {}

  /** The server's milliseconds since 1970; before the first measurement ours, whose origin is another. */
  now(): number {
    const [best] = [...this.measured].sort((a, b) => a.trip - b.trip);
    return this.local() + (best?.offset ?? 0);
  }

  /** An answer has come: the server's time in it, and when the question was sent. */
  measure(time: number, sent: number): void {
    const at = this.local();
    const trip = at - sent;
    const earlier = this.doubtful ? [] : this.measured.filter((one) => at - one.at < LASTS);
    this.doubtful = false;
    this.measured = [...earlier, { at, trip, offset: time - (sent + at) / 2 }];
  }

  /** Our clock may have stood still, as in a device that slept: the next answer alone counts. */
  doubt(): void {
    this.doubtful = true;
  }
}
