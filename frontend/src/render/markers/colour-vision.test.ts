/** Whether the runs are distinct with every kind of colour vision: simulated, and measured between all pairs. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classColours } from '../colours/class-colours';
import { HEIGHTS_DARK, HEIGHTS_LIGHT, RELIEF_DARK, RELIEF_LIGHT, type Theme } from '../colours/theme-colours';
import { MARKERS } from './run-markers';

type Three = [number, number, number];

// Machado, Oliveira & Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency", at
// severity 1; they act on linear sRGB. Rows.
const VISIONS: Record<string, readonly Three[]> = {
  'every cone': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  'no L cones': [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  'no M cones': [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  'no S cones': [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** In OKLab, where 0.02 is about the least difference that is seen side by side; the points of a race are not. */
const APART = 0.07;

function linear(hex: string): Three {
  return [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as Three;
}

function seen(colour: Three, vision: readonly Three[]): Three {
  return vision.map((row) => Math.min(1, Math.max(0, row.reduce((sum, weight, n) => sum + weight * (colour[n] as number), 0)))) as Three;
}

/** Ottosson 2020, https://bottosson.github.io/posts/oklab/ */
function oklab([r, g, b]: Three): Three {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(one: string, other: string, vision: readonly Three[]): number {
  const [a, b] = [one, other].map((hex) => oklab(seen(linear(hex), vision))) as [Three, Three];
  return Math.hypot(...a.map((value, n) => value - (b[n] as number)));
}

const tokens = readFileSync('src/ui/style/tokens.css', 'utf8').split(":root[data-theme='dark']");
const runsOf = (css: string | undefined): string[] => [...(css ?? '').matchAll(/--mark-\d: (#[0-9a-f]{6});/g)].map((found) => found[1] as string);

describe.each([['light', tokens[0]], ['dark', tokens[1]]] as const)('the runs in %s', (_, css) => {
  const runs = runsOf(css);

  it('are eight', () => expect(runs).toHaveLength(8));

  it.each(Object.entries(VISIONS))('are distinct with %s', (_, vision) => {
    const near: string[] = [];
    runs.forEach((one, n) =>
      runs.slice(n + 1).forEach((other, m) => {
        if (distance(one, other, vision) < APART) near.push(`${n} and ${n + 1 + m}`);
      }),
    );
    expect(near).toEqual([]);
  });
});

it('each run has a shape of its own', () => {
  expect(new Set(MARKERS).size).toBe(8);
});

describe.each([['light', false], ['dark', true]] as const)('the two classes of a data set in %s', (_, dark) => {
  it.each(Object.entries(VISIONS))('are distinct with %s', (_, vision) => {
    const [one, other] = classColours({ dark, runs: [] as readonly string[] } as Theme, 2) as [string, string];
    expect(distance(one, other, vision)).toBeGreaterThan(APART);
  });
});

describe.each([['light', RELIEF_LIGHT, '#ffffff'], ['dark', RELIEF_DARK, '#14191f']] as const)('the heights in 3-D in %s', (_, colours, panel) => {
  it.each(Object.entries(VISIONS))('are told apart by lightness, and from the panel, with %s', (_, vision) => {
    const lightness = [...colours].map((colour) => oklab(seen(linear(colour), vision))[0]);
    const steps = lightness.slice(1).map((value, n) => value - (lightness[n] as number));
    expect(new Set(steps.map(Math.sign)).size).toBe(1);
    expect(Math.min(...steps.map(Math.abs))).toBeGreaterThan(0.02);
    for (const colour of colours) expect(distance(colour, panel, vision)).toBeGreaterThan(0.04);
  });
});

/** Contrast of two colours, 1 to 21. Source: WCAG 2.2. */
function contrast(one: string, other: string): number {
  const [low, high] = [one, other]
    .map((hex) => linear(hex))
    .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)
    .sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each([['light', HEIGHTS_LIGHT, tokens[0]], ['dark', HEIGHTS_DARK, tokens[1]]] as const)('the colours of heights in %s', (name, heights, css) => {
  it.each(Object.entries(VISIONS))('say up and down with %s: steadily in lightness, the ends far apart', (_, vision) => {
    const lightness = heights.map((hex) => oklab(seen(linear(hex), vision))[0]);
    const steps = lightness.slice(1).map((value, n) => (value - (lightness[n] as number)) * (name === 'dark' ? 1 : -1));
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(distance(heights[0], heights[5], vision)).toBeGreaterThan(0.15);
  });

  it('differ in hue: low is blue, high is not', () => {
    const blueness = heights.map((hex) => oklab(linear(hex))[2]);
    expect(blueness[0]).toBeLessThan(-0.01);
    expect(blueness[5]).toBeGreaterThan(0.04);
  });

  it('leave every run readable', () => {
    for (const height of heights) {
      for (const run of runsOf(css)) {
        expect(contrast(run, height)).toBeGreaterThan(2.25);
        for (const vision of Object.values(VISIONS)) expect(distance(run, height, vision)).toBeGreaterThan(0.19);
      }
    }
  });
});
