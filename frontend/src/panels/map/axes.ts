/** The two axes of a map: a value's place on them, zoom, pan, and where the numbers stand. */

export interface MapAxis {
  /** The number of the experiment, as a sweep names it. */
  readonly set: string;
  readonly scale: 'linear' | 'log';
  readonly low: number;
  readonly high: number;
  /** The view does not go beyond these. */
  readonly least: number;
  readonly most: number;
}

export type MapAxes = readonly [MapAxis, MapAxis];

/** Of its larger end: below that, neighbouring ticks are the same number. */
const NARROWEST = 1e-10;

const unitOf = ({ scale }: MapAxis, value: number): number => (scale === 'log' ? Math.log(value) : value);
const valueOf = ({ scale }: MapAxis, unit: number): number => (scale === 'log' ? Math.exp(unit) : unit);

/** Where a value is: 0 at the low end, 1 at the high one. */
export function shareOf(axis: MapAxis, value: number): number {
  const [low, high] = [unitOf(axis, axis.low), unitOf(axis, axis.high)];
  return (unitOf(axis, value) - low) / (high - low);
}

/** The axis that begins and ends at these shares of the present one, as far as its limits allow; else as it is. */
export function between(axis: MapAxis, first: number, last: number): MapAxis {
  const [low, high, least, most] = [axis.low, axis.high, axis.least, axis.most].map((value) => unitOf(axis, value)) as [number, number, number, number];
  const span = Math.min((last - first) * (high - low), most - least);
  const begin = Math.min(Math.max(low + first * (high - low), least), most - span);
  const [from, to] = [valueOf(axis, begin), valueOf(axis, begin + span)];
  const apart = NARROWEST * Math.max(Math.abs(from), Math.abs(to));
  return to - from > apart && Number.isFinite(from) && Number.isFinite(to) ? { ...axis, low: from, high: to } : axis;
}

/** Zoomed about a share of it that stays where it is. factor: below 1 zooms in. */
export function zoomed(axis: MapAxis, about: number, factor: number): MapAxis {
  return between(axis, about * (1 - factor), about + (1 - about) * factor);
}

/** Round values within the axis, about `wanted` of them. */
export function ticks(axis: MapAxis, wanted: number): number[] {
  const { scale, low, high } = axis;
  if (scale === 'linear' || high / low < 12) return inside(evenly(low, high, wanted), low, high);
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const every = Math.max(1, Math.ceil((last - first + 1) / wanted));
  const found: number[] = [];
  for (let power = first; power <= last; power += every) found.push(tidy(10 ** power));
  return inside(found, low, high);
}

function evenly(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => tidy((first + n) * step));
}

const inside = (values: readonly number[], low: number, high: number): number[] =>
  values.filter((value) => value >= low - 1e-9 * Math.abs(low) && value <= high + 1e-9 * Math.abs(high));

/** Without the rounding errors of a product or a power. */
const tidy = (value: number): number => Number(value.toPrecision(12));
