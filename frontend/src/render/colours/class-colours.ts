/**
 * Colours of what a model says: from one class to the other, or from low to high, with the panel's own colour between.
 *
 * Purple and green are ColorBrewer's PRGn, which every kind of colour vision tells apart; no run has them.
 */
import type { Theme } from './theme-colours';

/** How strongly the ground is coloured where the model is sure. */
const STRENGTH = 0.62;
const STEPS = 256;

type Rgb = readonly [number, number, number];

/** One a class; beyond ten they begin again, and the words under the pointer tell. */
export function classColours(theme: Theme, classes: number): readonly string[] {
  const two = theme.dark ? ['#c9a3d8', '#86cf8d'] : ['#762a83', '#1b7837'];
  if (classes <= 2) return two;
  return [...theme.runs, theme.dark ? '#b0b0b0' : '#6b6b6b', theme.dark ? '#8f7d56' : '#b99a4a'];
}

/** As pixels of an ImageData, from low (0) to high (255). `strength`: how far the ends are from the panel's colour. */
export function ramp(theme: Theme, strength = STRENGTH): Uint32Array {
  const [low, high] = classColours(theme, 2).map(rgb) as [Rgb, Rgb];
  const middle = rgb(theme.panel);
  return Uint32Array.from({ length: STEPS }, (_, n) => {
    const side = (2 * n) / (STEPS - 1) - 1;
    return pixel(mix(middle, side < 0 ? low : high, Math.abs(side) * strength));
  });
}

/** The same as a scale of Plotly's, at full strength. */
export function scale(theme: Theme): [number, string][] {
  const [low, high] = classColours(theme, 2) as [string, string];
  return [[0, low], [0.5, theme.panel], [1, high]];
}

/** Of each class, from nothing (0) to sure (255). */
export function classRamps(theme: Theme, classes: number): readonly Uint32Array[] {
  const middle = rgb(theme.panel);
  const colours = classColours(theme, classes);
  return Array.from({ length: classes }, (_, each) => {
    const colour = rgb(colours[each % colours.length] as string);
    return Uint32Array.from({ length: STEPS }, (_, n) => pixel(mix(middle, colour, (n / (STEPS - 1)) * STRENGTH)));
  });
}

/** Of ink on paper: the panel's colour at 0, the text's at 255. */
export function ink(theme: Theme): readonly Rgb[] {
  const [paper, dark] = [rgb(theme.panel), rgb(theme.text)];
  return Array.from({ length: STEPS }, (_, n) => mix(paper, dark, n / (STEPS - 1)));
}

/** Place in a ramp of a value between two bounds; beyond them, the nearest. */
export function place(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low || 1);
  return share > 0 ? Math.min(STEPS - 1, Math.round(share * (STEPS - 1))) : 0;
}

/** Of `#rrggbb`, or `#rgb`, which a style sheet is made shorter with. */
export function rgb(colour: string): Rgb {
  const digits = colour.slice(1);
  const value = Number.parseInt(digits.length === 3 ? digits.replace(/./g, '$&$&') : digits, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [0, 1, 2].map((n) => Math.round((from[n] as number) + ((to[n] as number) - (from[n] as number)) * share)) as unknown as Rgb;
}

/** Little-endian RGBA, as every browser's machine has it. */
function pixel([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
