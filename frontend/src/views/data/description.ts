/** What the picture of the data shows, in words: how many samples there are, and what each run's model says of them. */
import type { Fit, ModelMetrics } from '../../core/player/track';
import type { DataPicture } from '../../core/protocol/wire';
import { pick, t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { PART_NAMES, titles } from './figure';
import { halves } from './fitted-curves';
import { classAt, drawnOutput, oneNumber } from './prediction';

export function sizes({ count, sizes: [train, dev, test] }: DataPicture): string {
  return t('data.words.sizes', { count, train, dev, test });
}

/** A share as a percentage, without its sign. */
export function percent(share: number): string {
  return formatNumber(100 * share);
}

export function accuracy({ step, accuracy: shares }: ModelMetrics): string {
  const others = [1, 2].filter((part) => !Number.isNaN(shares[part] as number));
  const told = others.map((part) => t('data.words.other', { share: percent(shares[part] as number), part: t(PART_NAMES[part] as never) }));
  return t('data.words.accuracy', { step, train: percent(shares[0]), others: told.join('') });
}

/** Of one run's fit. */
export function fitted(picture: DataPicture, fit: Fit, name: string): string {
  if (fit.values.some(Number.isNaN)) return t('data.words.gone', { name });
  switch (picture.kind) {
    case 'curve':
      return curve(picture, fit, name);
    case 'map':
      return picture.classes.length > 0 ? shares(picture, fit, name) : heat(fit, name);
    case 'images': {
      const right = Array.from({ length: fit.points }, (_, n) => classAt(picture, fit, n).given === picture.targets.values[n]);
      return t('data.words.images', { name, right: right.filter(Boolean).length, count: fit.points });
    }
    case 'table':
      return picture.classes.length > 0 ? '' : t('data.words.table', { name, off: formatNumber(meanError(picture, fit)) });
  }
}

function curve(picture: DataPicture, fit: Fit, name: string): string {
  const [low = 0, high = 1] = picture.bounds[0] ?? [];
  const drawn = drawnOutput(picture);
  const end = (n: number): string => formatNumber(fit.values[n * fit.outputs + drawn] as number, 4);
  const [y0, y1] = [end(0), end(fit.points - 1)];
  const [input] = titles(picture);
  if (picture.classes.length !== 2) return t('data.words.line', { name, x0: input, from: formatNumber(low), to: formatNumber(high), y0, y1 });
  const to = pick(picture.classes[1] as { en: string; zh: string });
  const at = halves(picture, fit);
  if (at.length === 0) return t('data.words.nohalf', { name, to, y0, y1 });
  return t('data.words.half', { name, to, input, at: at.map((value) => formatNumber(value)).join(', ') });
}

function shares(picture: DataPicture, fit: Fit, name: string): string {
  const counts = picture.classes.map(() => 0);
  for (let n = 0; n < fit.points; n++) {
    const { given } = classAt(picture, fit, n);
    counts[given] = (counts[given] ?? 0) + 1;
  }
  const told = picture.classes.map((one, n) => t('data.words.map', { name, share: percent((counts[n] as number) / fit.points), to: pick(one) }));
  return oneNumber(picture) ? (told[1] as string) : told.join(t('say.gap'));
}

function heat(fit: Fit, name: string): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of fit.values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return t('data.words.heat', { name, low: formatNumber(low), high: formatNumber(high) });
}

function meanError(picture: DataPicture, { values }: Fit): number {
  return values.reduce((sum, value, n) => sum + Math.abs(value - (picture.targets.values[n] as number)), 0) / values.length;
}
