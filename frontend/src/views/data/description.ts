/** The data plot in words: how many samples there are, and each run's predictions. */
import type { Fit, ModelMetrics } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import type { DrawState } from '../../core/session/types';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { PART_NAMES, axisTitles } from './figure';
import { thresholds } from './fitted-curves';
import { classAt, drawnOutput, hasOneOutput } from './prediction';

/** The number of samples, and of each run its predictions and accuracy. names: one a run; fitOf: its drawn fit. */
export function dataWords(
  picture: DataPicture, { recording, head, visible }: DrawState, names: readonly string[], fitOf: (run: number) => Fit | null,
): string {
  const [train, dev, test] = picture.sizes;
  const runs = names.map((name, run) => {
    if (visible[run] === false) return t('stage.hidden', { name });
    const fit = fitOf(run);
    const metrics = recording.tracks[run]?.metricsUpTo(head).at(-1);
    const words = fit ? fitWords(picture, fit, name) : '';
    return metrics && picture.classes.length > 0 ? words + t('say.gap') + accuracyWords(metrics) : words;
  });
  return [t('data.words.sizes', { count: picture.count, train, dev, test }), ...runs].join(t('say.gap'));
}

/** A share as a percentage, without the sign. */
export function percent(share: number): string {
  return formatNumber(100 * share);
}

function accuracyWords({ step, accuracy }: ModelMetrics): string {
  const others = ([1, 2] as const).filter((part) => !Number.isNaN(accuracy[part]));
  const words = others.map((part) => t('data.words.other', { share: percent(accuracy[part]), part: t(PART_NAMES[part]) }));
  return t('data.words.accuracy', { step, train: percent(accuracy[0]), others: words.join('') });
}

/** Of one run's fit. */
export function fitWords(picture: DataPicture, fit: Fit, name: string): string {
  if (fit.values.some(Number.isNaN)) return t('data.words.gone', { name });
  const classes = picture.classes.length > 0;
  switch (picture.kind) {
    case 'curve':
      return curveWords(picture, fit, name);
    case 'map':
      return classes ? classWords(picture, fit, name) : rangeWords(fit, name);
    case 'images': {
      const right = Array.from(picture.targets.values).filter((target, n) => classAt(picture, fit, n).predicted === target);
      return t('data.words.images', { name, right: right.length, count: fit.points });
    }
    case 'table':
      return classes ? '' : t('data.words.table', { name, off: formatNumber(meanError(picture, fit)) });
  }
}

function curveWords(picture: DataPicture, fit: Fit, name: string): string {
  const [low = 0, high = 1] = picture.bounds[0] ?? [];
  const drawn = drawnOutput(picture);
  const [y0, y1] = [0, fit.points - 1].map((n) => formatNumber(fit.values[n * fit.outputs + drawn] as number, 4)) as [string, string];
  const [input] = axisTitles(picture);
  const [, second] = picture.classes;
  if (picture.classes.length !== 2 || !second) {
    return t('data.words.line', { name, x0: input, from: formatNumber(low), to: formatNumber(high), y0, y1 });
  }
  const at = thresholds(picture, fit).map((value) => formatNumber(value)).join(', ');
  const to = pick(second);
  return at === '' ? t('data.words.nohalf', { name, to, y0, y1 }) : t('data.words.half', { name, to, input, at });
}

function classWords(picture: DataPicture, fit: Fit, name: string): string {
  const counts = picture.classes.map(() => 0);
  for (let n = 0; n < fit.points; n++) (counts[classAt(picture, fit, n).predicted] as number) += 1;
  const words = picture.classes.map((one, n) => t('data.words.map', { name, share: percent((counts[n] as number) / fit.points), to: pick(one) }));
  return hasOneOutput(picture) ? (words[1] as string) : words.join(t('say.gap'));
}

function rangeWords({ values }: Fit, name: string): string {
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  return t('data.words.heat', { name, low: formatNumber(low), high: formatNumber(high) });
}

function meanError(picture: DataPicture, { values }: Fit): number {
  return values.reduce((sum, value, n) => sum + Math.abs(value - (picture.targets.values[n] as number)), 0) / values.length;
}
