/** A net and its neurons in words. */
import type { DataPicture, NeuronsAnswer } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { biasOf, linksTo, placeOf, type Column, type Neuron } from './net';
import type { Net } from './picture';

/** As torch writes them, where that is not the module's name in small letters. */
const FUNCTIONS: Readonly<Record<string, string>> = { relu: 'ReLU', leakyrelu: 'LeakyReLU', gelu: 'GELU' };

/** A parameter of a neuron: its bias, or a weight. */
export interface Parameter {
  readonly name: string;
  /** Among all parameters. */
  readonly index: number;
}

export function netOf(answer: NeuronsAnswer, columns: readonly Column[], data: DataPicture | null): Net {
  const last = columns.length - 1;
  const captions = answer.columns.map(({ functions }, column) => {
    if (column === 0) return t('network.inputs');
    return column === last ? t('network.outputs') : functions.map(functionName).join(' ');
  });
  return { answer, columns, data, captions, names: [inputNames(columns, data), outputNames(columns, data)] };
}

export function titleOf({ columns, names, data }: Net, { column, row }: Neuron): string {
  if (column === 0) return t('network.input', { name: names[0][row] ?? '' });
  if (column === columns.length - 1) {
    const [name = '', probability] = [names[1][row], data && data.classes.length > 0 && data.shown !== 'value'];
    return t('network.output', { name: probability ? t('data.probability', { name }) : name });
  }
  return t('network.neuron', { layer: column, row: row + 1 });
}

/** What it computes, and what it gives out. */
export function aboutOf({ answer, columns }: Net, neuron: Neuron): readonly string[] {
  const { functions = [] } = answer.columns[neuron.column] ?? {};
  const place = placeOf(columns, neuron);
  const [, points = 0] = answer.maps.shape;
  const values = answer.maps.values.subarray(place * points, (place + 1) * points);
  const mean = { samples: answer.samples, mean: formatNumber(answer.means.values[place] as number) };
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const name = functions.map(functionName).join(', ');
  return [
    ...(neuron.column === 0 ? [] : [name ? t('network.function', { name }) : t('network.sum')]),
    points > 0 ? t('network.gives', { low: formatNumber(low), high: formatNumber(high), ...mean }) : t('network.mean', mean),
  ];
}

/** The bias, where it has one, and the weights in the order of the column before. */
export function parametersOf({ columns, names }: Net, neuron: Neuron): readonly Parameter[] {
  if (neuron.column === 0) return [];
  const bias = biasOf(columns, neuron);
  const weights = linksTo(columns, neuron).map(({ from, index }) => {
    const name = neuron.column === 1 ? t('network.from', { name: names[0][from] ?? '' }) : t('network.from.neuron', { row: from + 1 });
    return { name, index };
  });
  return bias < 0 ? weights : [{ name: t('network.bias'), index: bias }, ...weights];
}

/** For a screen reader. */
export function sentenceOf(net: Net, neuron: Neuron): string {
  const params = net.answer.params.values;
  const values = parametersOf(net, neuron).map(({ name, index }) => t('network.value', { name, value: formatNumber(params[index] as number) }));
  return [`${titleOf(net, neuron)}.`, ...aboutOf(net, neuron), values.join('; ')].join(' ');
}

function functionName(name: string): string {
  return FUNCTIONS[name] ?? name;
}

function inputNames(columns: readonly Column[], data: DataPicture | null): readonly string[] {
  const { size = 0 } = columns[0] ?? {};
  return Array.from({ length: size }, (_, n) => (data?.input_names[n] ? pick(data.input_names[n]) : `x${n + 1}`));
}

function outputNames(columns: readonly Column[], data: DataPicture | null): readonly string[] {
  const { size = 0 } = columns.at(-1) ?? {};
  const classes = data?.classes.map(pick) ?? [];
  return Array.from({ length: size }, (_, n) => {
    const name = size === 1 && classes.length === 2 ? classes[1] : classes[n];
    if (name !== undefined) return name;
    return data?.target_names[n] ? pick(data.target_names[n]) : `ŷ${size > 1 ? n + 1 : ''}`;
  });
}
