/** The Plotly figure of the data: axes, and the samples with their hover text. */
import type { Data, Shape } from 'plotly.js/lib/core';
import type { DataPicture } from '../../core/protocol/wire';
import { classColours, divergingColourscale } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { axisStyle, axisTitle, escapeHtml, layoutStyle, marginsOf, type Figure, type Size } from '../../render/plot/figure-parts';
import { fitRanges, type Interval } from '../../render/viewport/viewport';
import { pick, t, type PlainKey } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import type { Ranges } from '../loss-scene/figures';

/** Plotly's symbols: one shape a class; hollow outside the training part, with a dot in the test part. */
const SYMBOLS = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'pentagon', 'star'] as const;
const PARTS = ['', '-open', '-open-dot'] as const;
export const PART_NAMES = ['data.part.train', 'data.part.dev', 'data.part.test'] as const satisfies readonly PlainKey[];

/** The part whose samples the confusion matrix counts: a held-out one where there is one. Index into PART_NAMES. */
export function countedPart({ sizes }: Pick<DataPicture, 'sizes'>): 0 | 1 | 2 {
  return ([1, 2] as const).find((part) => (sizes[part] ?? 0) > 0) ?? 0;
}

type Margins = ReturnType<typeof marginsOf>;

/** Margin above and below the targets of a regression, as a share of their range. */
const MARGIN = 0.12;
/** CSS pixels of a sample's point; smaller for more samples than MANY. */
const LARGE = 9;
const SMALL = 6;
const MANY = 300;
/** A map has one scale on both axes, unless they differ by more than this factor. */
const MAX_RATIO = 3;

/** Smallest and largest target. */
export function targetRange(picture: DataPicture): Interval {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of picture.targets.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** What the axes show. */
export function rangesOf(picture: DataPicture): Ranges {
  const [x, y] = picture.bounds as [[number, number]?, [number, number]?];
  if (picture.kind === 'map' && x && y) return [x, y];
  const [low, high] = targetRange(picture);
  const margin = (high - low || 1) * MARGIN;
  const targets: [number, number] = [low - margin, high + margin];
  if (picture.kind === 'curve' && x) return [x, picture.classes.length > 0 ? [-0.08, 1.08] : targets];
  return [targets, targets];
}

/** narrow: a phone's map would lose too much of its width to its axis, whose numbers and title then lie on it. */
export function dataFigure(picture: DataPicture, theme: Theme, size: Size, narrow = false): Figure {
  const ranges = rangesOf(picture);
  const inside = narrow && picture.kind === 'map';
  const probability = picture.kind === 'curve' && picture.classes.length > 0;
  const [x, y] = axisTitles(picture);
  const labels = inside && { ticks: 'inside' as const, ticklabelposition: 'inside' as const };
  const axis = { ...axisStyle(theme), ...labels, showgrid: picture.kind !== 'map', gridcolor: theme.grid, fixedrange: true };
  const layout: Figure['layout'] = {
    ...layoutStyle(theme, size),
    margin: margins(picture, ranges, size, inside ? { ...marginsOf(theme), l: 6, r: 6 } : marginsOf(theme)),
    dragmode: false,
    shapes: referenceLines(picture, ranges, theme),
    xaxis: { ...axis, range: [...ranges[0]], title: axisTitle(x, theme) },
    ...(inside && { annotations: [titleInside(y, theme)] }),
    yaxis: { ...axis, range: [...ranges[1]], ...(!inside && { title: axisTitle(y, theme) }), ...(probability && { tickvals: [0, 0.25, 0.5, 0.75, 1] }) },
  };
  return { data: picture.kind === 'table' ? [] : [samplesTrace(picture, theme)], layout };
}

/** Of the x and the y axis. */
export function axisTitles(picture: DataPicture): [string, string] {
  const name = (names: DataPicture['input_names'], n: number, fallback: string): string => {
    const found = names[n];
    return found ? pick(found) : fallback;
  };
  if (picture.kind === 'map') return [name(picture.input_names, 0, 'x₁'), name(picture.input_names, 1, 'x₂')];
  const [, last] = picture.classes;
  const target = last ? t('data.probability', { name: pick(last) }) : name(picture.target_names, 0, 'y');
  if (picture.kind === 'curve') return [name(picture.input_names, 0, 'x'), picture.classes.length > 2 ? t('data.probabilities') : target];
  const single = picture.target_names.length === 1 ? `: ${target}` : '';
  return [t('data.true') + single, t('data.predicted') + single];
}

/** The y axis's title at the upper end of it. */
function titleInside(text: string, theme: Theme): object {
  const font = { size: 12 * theme.fontScale, color: theme.muted };
  return { text: escapeHtml(text), xref: 'paper', yref: 'paper', x: 0, y: 1, xanchor: 'left', yanchor: 'top', xshift: 28, showarrow: false, font, bgcolor: theme.panel };
}

/** Wider where one scale on both axes leaves room, so that a circle in the data is one on the screen. */
function margins(picture: DataPicture, [x, y]: Ranges, size: Size, margin: Margins): Margins {
  if (picture.kind === 'curve') return margin;
  const [width, height] = [size.width - margin.l - margin.r, size.height - margin.t - margin.b];
  const [wider, taller] = fitRanges([x, y], width, height, MAX_RATIO);
  const spareX = (width / 2) * (1 - (x[1] - x[0]) / (wider[1] - wider[0]));
  const spareY = (height / 2) * (1 - (y[1] - y[0]) / (taller[1] - taller[0]));
  return { l: margin.l + spareX, r: margin.r + spareX, t: margin.t + spareY, b: margin.b + spareY };
}

/** The diagonal of correct predictions, the threshold of two classes, or zero. */
function referenceLines(picture: DataPicture, [x, y]: Ranges, theme: Theme): Partial<Shape>[] {
  const line = { color: theme.muted, width: 1.5, dash: 'dash' as const };
  const level = (at: number): Partial<Shape> => ({ type: 'line', layer: 'below', x0: x[0], x1: x[1], y0: at, y1: at, line });
  if (picture.kind === 'table') return [{ ...level(x[0]), y1: x[1] }];
  if (picture.kind !== 'curve') return [];
  if (picture.classes.length === 2) return [level(0.5)];
  return y[0] < 0 && y[1] > 0 && picture.classes.length === 0 ? [{ ...level(0), line: { ...line, dash: 'solid', width: 1 } }] : [];
}

function samplesTrace(picture: DataPicture, theme: Theme): Data {
  const { inputs, targets, part, classes, kind } = picture;
  const count = picture.samples.values.length;
  const inputWidth = inputs.shape[1] ?? 1;
  const targetWidth = classes.length > 0 ? 1 : (targets.shape[1] ?? 1);
  const ofEach = <Value>(value: (n: number) => Value): Value[] => Array.from({ length: count }, (_, n) => value(n));
  const target = (n: number): number => targets.values[n * targetWidth] as number;
  const input = (n: number, i: number): number => inputs.values[n * inputWidth + i] as number;
  const colours = classColours(theme, classes.length);
  const classColour = (n: number, other: string): string => (classes.length > 0 ? (colours[target(n) % colours.length] as string) : other);
  // Of two classes the second is at 1; of several each sample is at the top of its own class's line.
  const height = (n: number): number => (classes.length > 2 ? 1 : target(n));
  const heat = kind === 'map' && classes.length === 0;
  const [cmin, cmax] = targetRange(picture);
  return {
    type: 'scatter',
    mode: 'markers',
    x: ofEach((n) => input(n, 0)),
    y: ofEach((n) => (kind === 'map' ? input(n, 1) : height(n))),
    text: ofEach((n) => hoverText(picture, n, target(n))),
    hovertemplate: '%{text}<extra></extra>',
    cliponaxis: true,
    marker: {
      size: (count > MANY ? SMALL : LARGE) * theme.strokeScale,
      symbol: ofEach((n) => `${classes.length > 0 ? SYMBOLS[target(n) % SYMBOLS.length] : 'circle'}${PARTS[part.values[n] as number] ?? ''}`),
      color: ofEach((n) => (heat ? target(n) : classColour(n, theme.muted))),
      ...(heat && { cmin, cmax, colorscale: divergingColourscale(theme) }),
      // Hollow points are drawn by their line alone.
      line: {
        width: ofEach((n) => (part.values[n] === 0 ? 1 : 2)),
        color: ofEach((n) => (part.values[n] === 0 ? theme.panel : classColour(n, theme.text))),
      },
    },
  } as Data;
}

function hoverText(picture: DataPicture, n: number, target: number): string {
  const { inputs, classes, samples, part } = picture;
  const inputWidth = inputs.shape[1] ?? 1;
  const number = (value: number | undefined): string => formatNumber(value ?? Number.NaN, 4);
  const [x, y] = axisTitles(picture);
  const name = classes[target];
  const [targetName] = picture.target_names;
  const lines = [
    `${x} ${number(inputs.values[n * inputWidth])}`,
    ...(picture.kind === 'map' ? [`${y} ${number(inputs.values[n * inputWidth + 1])}`] : []),
    classes.length === 0 ? `${targetName ? pick(targetName) : 'y'} ${number(target)}` : name ? pick(name) : String(target),
    t('data.sample', { n: samples.values[n] as number, part: t(PART_NAMES[part.values[n] as 0 | 1 | 2]) }),
  ];
  return lines.map(escapeHtml).join('<br>');
}
