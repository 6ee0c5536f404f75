/** Loss against learning rate, a dot each run, on logarithmic axes. What diverged lies on a line of its own above. */
import type { CloudEntry } from '../../../core/classroom/types';
import { ticks } from '../results/histogram';
import { real } from './cloud-entries';

export interface Dot {
  readonly seat: number;
  readonly outcome: CloudEntry['outcome'];
  /** Shares of the plot's width and height, from the left and from the bottom. */
  readonly x: number;
  readonly y: number;
}

export interface Dots {
  readonly dots: readonly Dot[];
  /** Ends of the axes. */
  readonly rates: readonly [number, number];
  readonly losses: readonly [number, number];
  /** The losses' axis is linear, since some are not above 0. */
  readonly linear: boolean;
}

/** The share of the height at which what diverged lies. */
export const ABOVE = 0.96;
/** The losses end below it. */
const TOP = 0.86;
const BOTTOM = 0.04;
/** Losses closer to 0 than this share of the highest all lie at the bottom. */
const SMALLEST = 1e-10;

export function rateDots(entries: readonly CloudEntry[]): Dots {
  const rated = entries.filter(({ lr }) => lr !== null && lr > 0);
  const found = rated.filter(({ outcome, loss }) => outcome !== 'diverged' && Number.isFinite(real(loss))).map(({ loss }) => real(loss));
  const linear = found.some((loss) => loss < 0);
  const rates = ends(rated.map(({ lr }) => lr as number), 1);
  const highest = Math.max(...found, 0);
  const losses: [number, number] = linear
    ? [Math.min(...found), Math.max(...found)]
    : ends(found.map((loss) => Math.max(loss, highest * SMALLEST || 1e-12)), 1);
  return {
    rates,
    losses,
    linear,
    dots: rated.map(({ seat, outcome, lr, loss }) => {
      const off = outcome === 'diverged' || !Number.isFinite(real(loss));
      return { seat, outcome, x: share(Math.log(lr as number), rates.map(Math.log)), y: off ? ABOVE : BOTTOM + (TOP - BOTTOM) * height(real(loss), losses, linear) };
    }),
  };
}

/** The losses at which the axis is labelled, each once. */
export function lossTicks({ losses, linear }: Pick<Dots, 'losses' | 'linear'>): number[] {
  return linear ? [...new Set(losses)] : ticks(...losses);
}

/** Where a loss is on its axis, as `Dot.y`. */
export function lossHeight(loss: number, { losses, linear }: Pick<Dots, 'losses' | 'linear'>): number {
  return BOTTOM + (TOP - BOTTOM) * height(loss, losses, linear);
}

function height(loss: number, losses: readonly number[], linear: boolean): number {
  return linear ? share(loss, losses) : share(Math.log(Math.max(loss, Number.MIN_VALUE)), losses.map(Math.log));
}

function share(value: number, [low = 0, high = 1]: readonly number[]): number {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
}

/** Powers of ten around the values, so many decades apart at least. */
function ends(values: readonly number[], decades: number): [number, number] {
  if (values.length === 0) return [0.01, 1];
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + decades, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return [10 ** low, 10 ** high];
}
