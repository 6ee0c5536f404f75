/**
 * Colours of predictions: from one class to the other, or from low to high, with the panel's own colour between.
 *
 * Purple and green are ColorBrewer's PRGn, which every kind of colour vision tells apart. No run has them.
 */
import type { Theme } from './theme-colours';

/** How far the colour of a certain prediction is from the panel's, 0..1. */
const STRENGTH = 0.62;
const STEPS = 256;

type Rgb = readonly [number, number, number];

/** One a class. More than ten classes repeat them; the hover text names the class. */
export function classColours(theme: Theme, classes: number): readonly string[] {
  if (classes <= 2) return theme.dark ? ['#c9a3d8', '#86cf8d'] : ['#762a83', '#1b7837'];
  return [...theme.runs, theme.dark ? '#b0b0b0' : '#6b6b6b', theme.dark ? '#8f7d56' : '#b99a4a'];
}

/** uint32[256] pixels of an ImageData, from low (0) over the panel's colour to high (255). strength: of the ends, 0..1. */
export function divergingRamp(theme: Theme, strength = STRENGTH): Uint32Array {
  const [low, high] = classColours(theme, 2).map(rgb) as [Rgb, Rgb];
  const middle = rgb(theme.panel);
  return rampOf((share) => mix(middle, share < 0.5 ? low : high, Math.abs(2 * share - 1) * strength));
}

/** The same as a colour scale of Plotly's, at full strength. */
export function divergingColourscale(theme: Theme): [number, string][] {
  const [low, high] = classColours(theme, 2) as [string, string];
  return [[0, low], [0.5, theme.panel], [1, high]];
}

/** For each class uint32[256] pixels, from probability 0 (the panel's colour) to 1. */
export function classRamps(theme: Theme, classes: number): readonly Uint32Array[] {
  const [panel, colours] = [rgb(theme.panel), classColours(theme, classes)];
  return Array.from({ length: classes }, (_, n) => {
    const colour = rgb(colours[n % colours.length] as string);
    return rampOf((share) => mix(panel, colour, share * STRENGTH));
  });
}

/** 256 colours from the panel's (0) to the text's (255), for images of one channel. */
export function inkRamp(theme: Theme): readonly Rgb[] {
  const [panel, text] = [rgb(theme.panel), rgb(theme.text)];
  return Array.from({ length: STEPS }, (_, n) => mix(panel, text, n / (STEPS - 1)));
}

/** Index into a ramp of a value between two bounds; values beyond them take the nearest end. */
export function rampIndex(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low || 1);
  return share > 0 ? Math.min(STEPS - 1, Math.round(share * (STEPS - 1))) : 0;
}

/** Of `#rrggbb`, or of `#rgb`, to which a minified style sheet shortens it. */
export function rgb(colour: string): Rgb {
  const digits = colour.slice(1);
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((value, n) => Math.round(value + ((to[n] as number) - value) * share)) as unknown as Rgb;
}

/** Little-endian RGBA pixels of a colour for each share 0..1. */
function rampOf(colourAt: (share: number) => Rgb): Uint32Array {
  return Uint32Array.from({ length: STEPS }, (_, n) => {
    const [red, green, blue] = colourAt(n / (STEPS - 1));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}
