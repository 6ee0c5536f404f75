/** The colours of a map, which are those of `steepest sweep`, and what its key says of them. */
import { CONVERGED, DIVERGED, type Outcome, type Picture, type Range } from './picture';

/** Colours as red, green and blue. */
export type Colour = readonly [number, number, number];

export interface Palette {
  readonly running: Colour;
  /** What a hue fades to. */
  readonly ground: Colour;
  /** A number that is not finite. */
  readonly never: Colour;
}
export const LIGHT: Palette = { running: [224, 224, 224], ground: [255, 255, 255], never: [64, 64, 64] };
export const DARK: Palette = { running: [62, 70, 79], ground: [20, 25, 31], never: [190, 196, 202] };

/** Okabe & Ito 2008: told apart with every kind of colour vision. The first is for divergence. */
const HUES: readonly Colour[] = [[213, 94, 0], [0, 114, 178], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [120, 94, 60]];
/** The share of a hue that is left at the last step. */
const FAINTEST = 0.3;
/** From low to high, evenly lighter: points of Matplotlib's viridis. */
const RAMP: readonly Colour[] = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
/** Of the highest value: what is less has the same colour on a log scale. */
const DECADES = 1e-12;

export const divergedHue = (): Colour => HUES[0] as Colour;
export const minimumHue = (minimum: number): Colour => HUES[1 + (minimum % (HUES.length - 1))] as Colour;

/** Writes red, green, blue and alpha of each pixel, row by row from the top. */
export function paint(picture: Picture, into: Uint8ClampedArray, palette: Palette): void {
  const { nx, ny } = picture;
  const colour = colouring(picture, palette);
  for (let j = 0; j < ny; j += 1) {
    for (let i = 0; i < nx; i += 1) {
      const found = picture.foundAt(i, j);
      const to = 4 * ((ny - 1 - j) * nx + i);
      const [red, green, blue] = found === null ? palette.ground : colour(found);
      into[to] = red;
      into[to + 1] = green;
      into[to + 2] = blue;
      into[to + 3] = 255;
    }
  }
}

function colouring(picture: Picture, palette: Palette): (found: Outcome | number) => Colour {
  const longest = Math.log1p(picture.sweep.steps);
  const share = picture.sweep.measure === 'outcome' ? () => 0 : scaleOf(picture.range()).shareOf;
  return (found) => {
    if (typeof found === 'number') return Number.isFinite(found) ? ramp(share(found)) : palette.never;
    const { status, step, minimum } = found;
    if (status !== DIVERGED && status !== CONVERGED) return palette.running;
    const hue = status === DIVERGED ? divergedHue() : minimumHue(minimum);
    return faded(hue, Math.log1p(step) / longest, palette); // the first steps differ most
  };
}

/** How the values between two are coloured. */
export interface Scale {
  readonly log: boolean;
  /** The value of the first colour: what is lower has it too. */
  readonly least: number;
  shareOf(value: number): number;
}

/** On a log scale where nothing is negative and most values would have one colour. */
export function scaleOf({ low, positive, high }: Pick<Range, 'low' | 'positive' | 'high'>): Scale {
  const least = Math.max(positive, DECADES * high);
  if (low < 0 || high <= 100 * least) return { log: false, least: low, shareOf: (value) => (value - low) / (high - low || 1) };
  return { log: true, least, shareOf: (value) => Math.log(Math.max(value, least) / least) / Math.log(high / least) };
}

/** 0 to 1. */
function ramp(share: number): Colour {
  const at = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const first = Math.min(Math.floor(at), RAMP.length - 2);
  const [one, next] = [RAMP[first] as Colour, RAMP[first + 1] as Colour];
  return one.map((part, n) => Math.round(part + ((next[n] as number) - part) * (at - first))) as unknown as Colour;
}

/** A hue at a share of the way from the first step to the last. */
export function faded(hue: Colour, share: number, { ground }: Palette): Colour {
  const strength = 1 - (1 - FAINTEST) * share;
  return hue.map((part, n) => Math.round((ground[n] as number) + (part - (ground[n] as number)) * strength)) as unknown as Colour;
}

/** One row of the key: its colours from left to right, and what has them. */
export type KeyRow = { readonly colours: readonly Colour[] } & (
  | { readonly is: 'minimum'; readonly minimum: number }
  | { readonly is: 'more'; readonly count: number }
  | { readonly is: 'diverged' | 'running' | 'never' }
  | { readonly is: 'values'; readonly low: number; readonly high: number; readonly log: boolean; readonly below: boolean; readonly above: boolean }
);

/** Minima that are listed. */
const MOST_ROWS = 4;

export function keyOf(picture: Picture, palette: Palette): KeyRow[] {
  const fading = (hue: Colour): Colour[] => [faded(hue, 0, palette), faded(hue, 1, palette)];
  if (picture.sweep.measure === 'outcome') {
    const reached = [...picture.reached].sort((a, b) => a - b);
    return [
      ...reached.slice(0, MOST_ROWS).map((minimum) => ({ is: 'minimum' as const, minimum, colours: fading(minimumHue(minimum)) })),
      ...(reached.length > MOST_ROWS ? [{ is: 'more' as const, count: reached.length - MOST_ROWS, colours: [] }] : []),
      ...(picture.diverges ? [{ is: 'diverged' as const, colours: fading(divergedHue()) }] : []),
      ...(picture.goesOn ? [{ is: 'running' as const, colours: [palette.running] }] : []),
    ];
  }
  const range = picture.range();
  const { log, least } = scaleOf(range);
  return [
    { is: 'values', low: least, high: range.high, log, below: range.low < least, above: range.above, colours: RAMP },
    ...(range.never ? [{ is: 'never' as const, colours: [palette.never] }] : []),
  ];
}

/** For CSS and canvas. */
export const css = (colour: Colour): string => `rgb(${colour.join(' ')})`;
