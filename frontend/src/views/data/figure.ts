/** What Plotly is given of the data: axes, and the samples as points that tell what they are. */
import type { Data, Layout, Shape } from 'plotly.js/lib/core';
import type { DataPicture } from '../../core/protocol/wire';
import { classColours, scale } from '../../render/colours/class-colours';
import type { Theme } from '../../render/colours/theme-colours';
import { pick, t, type PlainKey } from '../../ui/i18n/i18n.svelte';
import { marginsOf, short, type Ranges } from '../loss-scene/figures';
import type { Range } from './decision-map';

/** Plotly's names of a class's shape; hollow where a sample was not trained on, with a dot where it is of the test part. */
const SYMBOLS = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross', 'pentagon', 'star'] as const;
const PARTS = ['', '-open', '-open-dot'] as const;
export const PART_NAMES: readonly PlainKey[] = ['data.part.train', 'data.part.dev', 'data.part.test'];

/** Above and below the outermost values of a regression. */
const ROOM = 0.12;
/** Of the samples' points, CSS pixels; smaller where there are many. */
const LARGE = 9;
const SMALL = 6;
const MANY = 300;

type Margin = ReturnType<typeof marginsOf>;

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Smallest and largest target. */
export function targetRange(picture: DataPicture): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of picture.targets.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** What both axes show. */
export function rangesOf(picture: DataPicture): Ranges {
  const [x, y] = picture.bounds as [[number, number]?, [number, number]?];
  if (picture.kind === 'map' && x && y) return [x, y];
  const targets = roomy(targetRange(picture));
  if (picture.kind === 'curve' && x) return [x, picture.classes.length > 0 ? [-0.08, 1.08] : targets];
  return [targets, targets];
}

function roomy([low, high]: Range): [number, number] {
  const room = (high - low || 1) * ROOM;
  return [low - room, high + room];
}

export function ground(picture: DataPicture, box: Box, theme: Theme): { data: Data[]; layout: Partial<Layout> } {
  const ranges = rangesOf(picture);
  const upright = picture.kind === 'curve' && picture.classes.length > 0;
  const [x, y] = titles(picture);
  const axis = {
    showgrid: picture.kind !== 'map',
    gridcolor: theme.grid,
    zeroline: false,
    showline: false,
    ticks: 'outside' as const,
    ticklen: 4,
    tickcolor: theme.grid,
    tickfont: { size: 11 * theme.letters, color: theme.muted },
    nticks: 7,
    fixedrange: true,
  };
  const title = (text: string) => ({ text: escaped(text), standoff: 4, font: { size: 12 * theme.letters, color: theme.muted } });
  const layout: Partial<Layout> = {
    autosize: false,
    width: box.width,
    height: box.height,
    margin: margins(picture, ranges, box, theme),
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, color: theme.text, size: 12 },
    showlegend: false,
    hovermode: 'closest',
    hoverdistance: 12,
    hoverlabel: { bgcolor: theme.panel, bordercolor: theme.grid, font: { color: theme.text, family: theme.font, size: 12 } },
    dragmode: false,
    shapes: lines(picture, ranges, theme),
    xaxis: { ...axis, range: [...ranges[0]], title: title(x) },
    yaxis: { ...axis, range: [...ranges[1]], title: title(y), ...(upright && { tickvals: [0, 0.25, 0.5, 0.75, 1] }) },
  };
  return { data: picture.kind === 'table' ? [] : [samples(picture, theme)], layout };
}

/** Of the input and what it is to be turned into. */
export function titles(picture: DataPicture): [string, string] {
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

/** One scale on both axes of a map, so that a circle is one, unless that would leave most of the box empty. */
function margins(picture: DataPicture, [x, y]: Ranges, box: Box, theme: Theme): Margin {
  const { l, r, t: top, b } = marginsOf(theme);
  const margin = { l, r, t: top, b };
  if (picture.kind === 'curve') return margin;
  const [width, height] = [box.width - l - r, box.height - top - b];
  const [perX, perY] = [(x[1] - x[0]) / width, (y[1] - y[0]) / height];
  const ratio = Math.max(perX, perY) / Math.min(perX, perY);
  if (!(ratio < 3)) return margin;
  const spareX = perX < perY ? width * (1 - perX / perY) : 0;
  const spareY = perY < perX ? height * (1 - perY / perX) : 0;
  return { ...margin, l: l + spareX / 2, r: r + spareX / 2, t: top + spareY / 2, b: b + spareY / 2 };
}

function lines(picture: DataPicture, [x, y]: Ranges, theme: Theme): Partial<Shape>[] {
  const line = { color: theme.muted, width: 1.5, dash: 'dash' as const };
  if (picture.kind === 'table') {
    return [{ type: 'line', layer: 'below', x0: x[0], y0: x[0], x1: x[1], y1: x[1], line }];
  }
  if (picture.kind === 'curve' && picture.classes.length === 2) {
    return [{ type: 'line', layer: 'below', x0: x[0], x1: x[1], y0: 0.5, y1: 0.5, line }];
  }
  return y[0] < 0 && y[1] > 0 && picture.kind === 'curve' && picture.classes.length === 0
    ? [{ type: 'line', layer: 'below', x0: x[0], x1: x[1], y0: 0, y1: 0, line: { ...line, dash: 'solid', width: 1 } }]
    : [];
}

function samples(picture: DataPicture, theme: Theme): Data {
  const { inputs, targets, part, classes, kind } = picture;
  const count = picture.samples.values.length;
  const wide = inputs.shape[1] ?? 1;
  const each = classes.length > 0 ? 1 : (targets.shape[1] ?? 1);
  const target = (n: number): number => targets.values[n * each] as number;
  const at = (n: number, input: number): number => inputs.values[n * wide + input] as number;
  const order = Array.from({ length: count }, (_, n) => n);
  // Of two classes the second is at 1; of several each sample belongs at the top of its own class's line.
  const height = (n: number): number => (classes.length === 0 ? target(n) : classes.length === 2 ? target(n) : 1);
  const colours = classColours(theme, classes.length);
  const heat = kind === 'map' && classes.length === 0;
  const [low, high] = targetRange(picture);
  const shape = (n: number): string =>
    `${classes.length > 0 ? SYMBOLS[target(n) % SYMBOLS.length] : 'circle'}${PARTS[part.values[n] as number] ?? ''}`;
  return {
    type: 'scatter',
    mode: 'markers',
    x: order.map((n) => at(n, 0)),
    y: order.map((n) => (kind === 'map' ? at(n, 1) : height(n))),
    text: order.map((n) => words(picture, n, target(n))),
    hovertemplate: '%{text}<extra></extra>',
    cliponaxis: true,
    marker: {
      size: (count > MANY ? SMALL : LARGE) * theme.weight,
      symbol: order.map(shape),
      color: heat
        ? order.map(target)
        : order.map((n) => (classes.length > 0 ? (colours[target(n) % colours.length] as string) : theme.muted)),
      ...(heat && { cmin: low, cmax: high, colorscale: scale(theme) }),
      line: { width: order.map((n) => (part.values[n] === 0 ? 1 : 2)), color: order.map((n) => rim(n)) },
    },
  } as Data;

  /** Hollow points are drawn by their line alone, in the class's own colour. */
  function rim(n: number): string {
    if (part.values[n] === 0) return theme.panel;
    return classes.length > 0 ? (colours[target(n) % colours.length] as string) : theme.text;
  }
}

function words(picture: DataPicture, n: number, target: number): string {
  const { inputs, classes, samples, part } = picture;
  const wide = inputs.shape[1] ?? 1;
  const [x, y] = titles(picture);
  const found = [`${x} ${short(inputs.values[n * wide] as number)}`];
  if (picture.kind === 'map') found.push(`${y} ${short(inputs.values[n * wide + 1] as number)}`);
  const name = classes[target];
  if (classes.length > 0) found.push(name ? pick(name) : String(target));
  else found.push(`${picture.target_names[0] ? pick(picture.target_names[0]) : 'y'} ${short(target)}`);
  found.push(t('data.sample', { n: samples.values[n] as number, part: t(PART_NAMES[part.values[n] as number] ?? 'data.part.train') }));
  return found.map(escaped).join('<br>');
}

/** Plotly reads its text as a little HTML; names come from files that a person uploads. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
