/** How far the server may compute: enough to play smoothly, and little more than is shown. */

/** Seconds over which arrivals are counted. */
const RECENT = 0.5;
/** Seconds of steps kept ahead of the play head. */
const AHEAD = 0.5;
/** The same where all runs are compiled, up to so many steps: they cost little, and one call as much as another. */
const AHEAD_COMPILED = 4;
const AHEAD_COMPILED_STEPS = 240;
/** Steps kept ahead at any speed and at rest, so that the next one is there at once. */
const MARGIN = 4;
/** At full speed: the fewest and the most steps of a grant beyond the recording. */
const FULL_SPEED_MIN = 60;
const FULL_SPEED_MAX = 20_000;
/** At full speed: a grant is this multiple of the steps received in the last RECENT seconds. */
const GROWTH = 2;
/** A grant is renewed when less than this share of it is left: each one costs the server as much as ten steps. */
const REFILL = 0.5;

/** Fits of a model drawn a second, at most. */
const FITS_PER_SECOND = 20;

/** Steps between a model's fits at a speed: 1, 2, 5, 10, 20 …, so that a slower pass reuses the fits of a faster one. */
export function stride(stepsPerSecond: number): number {
  for (let ten = 1; ; ten *= 10) {
    for (const digit of [1, 2, 5]) if (digit * ten * FITS_PER_SECOND >= stepsPerSecond) return digit * ten;
  }
}

export interface Demand {
  readonly head: number;
  /** The last record held. */
  readonly last: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly hidden: boolean;
  /** Whether all runs are compiled. */
  readonly compiled: boolean;
  /** A step beyond the recording that the user wants, or -1. */
  readonly target: number;
  /** The last step that the server computes. */
  readonly limit: number;
  /** Milliseconds, any origin. */
  readonly now: number;
}

function stepsAhead({ speed, compiled }: Demand): number {
  return Math.max(speed * AHEAD, compiled ? Math.min(speed * AHEAD_COMPILED, AHEAD_COMPILED_STEPS) : 0);
}

export class Grants {
  /** The last step granted; -1: none. */
  until = -1;
  private arrivals: { time: number; steps: number }[] = [];

  /** Steps received a second, recently. */
  get rate(): number {
    return this.recent / RECENT;
  }

  private get recent(): number {
    return this.arrivals.reduce((sum, arrival) => sum + arrival.steps, 0);
  }

  /** Withdraws the grant: another experiment or connection, or a cut recording. */
  reset(): void {
    this.until = -1;
  }

  /** New steps were recorded. now: milliseconds. */
  arrived(steps: number, now: number): void {
    this.arrivals.push({ time: now, steps });
    this.forgetArrivals(now);
  }

  /** The grant to send now, or null where the current one is enough. */
  next(demand: Demand): number | null {
    const wanted = Math.min(this.wanted(demand), demand.limit);
    if (wanted > this.until) {
      const from = demand.playing && demand.speed === Infinity ? demand.last : demand.head;
      const left = this.until - from;
      if (this.until >= Math.min(demand.target, demand.limit) && left > REFILL * (wanted - from)) return null;
    } else if (Math.max(wanted, demand.last) >= this.until - MARGIN) {
      return null; // slightly too much is granted: not worth a message
    }
    this.until = Math.max(wanted, 0);
    return this.until;
  }

  private wanted(demand: Demand): number {
    if (demand.hidden) return demand.last;
    const asked = Math.max(demand.target, demand.head + MARGIN);
    if (!demand.playing) return asked;
    if (demand.speed < Infinity) return Math.max(asked, demand.head + Math.ceil(stepsAhead(demand)));
    this.forgetArrivals(demand.now);
    return Math.max(asked, demand.last + Math.min(FULL_SPEED_MAX, Math.max(FULL_SPEED_MIN, GROWTH * this.recent)));
  }

  private forgetArrivals(now: number): void {
    this.arrivals = this.arrivals.filter((arrival) => now - arrival.time < RECENT * 1000);
  }
}
