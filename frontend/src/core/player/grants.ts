/** How far the server may go: enough to play smoothly, never more than will be looked at. */

/** Seconds of steps that lie ready ahead of the play head. */
const AHEAD = 0.5;
/** Steps that lie ready however slowly they are played, or when nothing plays: the next one is there at once. */
const MARGIN = 4;
/** At full speed: the first grant, and the most by which one grant goes beyond what is recorded. */
const FULL_SPEED_FIRST = 60;
const FULL_SPEED_MOST = 20_000;
/** At full speed: a grant is this many times what arrived in the last AHEAD seconds. */
const GROWTH = 2;
/** A grant is made anew when less than this part of it is left: each one costs the server as much as ten steps. */
const REFILL = 0.5;

/** As many fits of a model are drawn a second at most. */
const FITS_A_SECOND = 20;

/**
 * How many steps apart a model's fits are to be at so many steps a second: 1, 2, 5, 10, 20 and so on, so that those
 * of a quick passage are found again in a slower one.
 */
export function stride(stepsPerSecond: number): number {
  for (let ten = 1; ; ten *= 10) {
    for (const digit of [1, 2, 5]) if (digit * ten * FITS_A_SECOND >= stepsPerSecond) return digit * ten;
  }
}

export interface Demand {
  readonly head: number;
  /** Furthest record held. */
  readonly last: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly hidden: boolean;
  /** A step that the user asked for beyond the recording, or -1. */
  readonly target: number;
  /** The last step that the server makes. */
  readonly limit: number;
  /** Milliseconds, any origin. */
  readonly now: number;
}

export class Grants {
  /** The grant in force; -1: none. */
  until = -1;
  private arrivals: { time: number; steps: number }[] = [];

  /** Steps a second that arrived of late. */
  get rate(): number {
    return this.recent / AHEAD;
  }

  private get recent(): number {
    return this.arrivals.reduce((sum, arrival) => sum + arrival.steps, 0);
  }

  /** Nothing is granted any more: another experiment, another connection, or a recording that was cut. */
  reset(): void {
    this.until = -1;
  }

  /** So many new steps were recorded. */
  arrived(steps: number, now: number): void {
    this.arrivals.push({ time: now, steps });
    this.forgetArrivals(now);
  }

  /** The grant to send now, or null where the one in force will do. */
  next(demand: Demand): number | null {
    const wanted = Math.min(this.wanted(demand), demand.limit);
    if (wanted > this.until) {
      const from = demand.playing && demand.speed === Infinity ? demand.last : demand.head;
      const left = this.until - from;
      if (this.until >= Math.min(demand.target, demand.limit) && left > REFILL * (wanted - from)) return null;
    } else if (Math.max(wanted, demand.last) >= this.until - MARGIN) {
      return null; // a little too much was granted: not worth a message
    }
    this.until = Math.max(wanted, 0);
    return this.until;
  }

  private wanted(demand: Demand): number {
    if (demand.hidden) return demand.last;
    const asked = Math.max(demand.target, demand.head + MARGIN);
    if (!demand.playing) return asked;
    if (demand.speed < Infinity) return Math.max(asked, demand.head + Math.ceil(demand.speed * AHEAD));
    this.forgetArrivals(demand.now);
    return Math.max(asked, demand.last + Math.min(FULL_SPEED_MOST, Math.max(FULL_SPEED_FIRST, GROWTH * this.recent)));
  }

  private forgetArrivals(now: number): void {
    this.arrivals = this.arrivals.filter((arrival) => now - arrival.time < AHEAD * 1000);
  }
}
