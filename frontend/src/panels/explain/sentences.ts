/** A verdict in one or two plain sentences. */
import { assertNever, type Verdict } from '../../core/protocol/wire';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber, formatFactor, formatPoint } from '../../ui/i18n/numbers';
import { escaped, near } from './critical-points';
import { overLimit, swinging } from './overshooting';
import { halving, steps } from './steps';
import { edge, exploding, overfitting, settled, stalled, summed, vanishing } from './training';

type Diverged = Extract<Verdict, { code: 'diverged' }>;
type Plateau = Extract<Verdict, { code: 'plateau' }>;
type Valley = Extract<Verdict, { code: 'valley' }>;

/** What a sentence needs beside the verdict. */
export interface SentenceContext {
  /** Of the run. */
  readonly name: string;
  /** The step on screen. */
  readonly step: number;
  /** What the problem's own entry says to look at; may be empty. */
  readonly about: string;
}

export function describeVerdict(verdict: Verdict, { name, step, about }: SentenceContext): string {
  switch (verdict.code) {
    case 'descending':
      return about || t('say.descending', { name });
    case 'unstable':
      return t('say.name', { name, what: join(overLimit(verdict.limit)) });
    case 'oscillating':
      return join(swinging(verdict, name));
    case 'near':
      return join(near(verdict, name, step));
    case 'escaped':
      return escaped(verdict, name);
    case 'plateau':
      return plateau(verdict, name);
    case 'valley':
      return join(valley(verdict, name));
    case 'converged': {
      const { at, loss, lowest } = verdict;
      const rests = t('say.converged', { name, step: verdict.step, at: formatPoint(at), loss: formatNumber(loss) });
      return lowest ? join([rests, t('say.lowest', { at: formatPoint(lowest.at), value: formatNumber(lowest.value) })]) : rests;
    }
    case 'bottomless':
      return t('say.bottomless', { name, since: verdict.since, loss: formatNumber(verdict.loss) });
    case 'summed':
      return summed(verdict, name, step);
    case 'edge':
      return join(edge(verdict, name));
    case 'overfitting':
      return join(overfitting(verdict, name));
    case 'vanishing':
      return join(vanishing(verdict, name));
    case 'exploding':
      return exploding(verdict, name);
    case 'stalled':
      return join(stalled(verdict, name));
    case 'settled':
      return settled(verdict, name);
    case 'diverged':
      return join([lastWords(verdict, name), ...why(verdict)]);
    default:
      return assertNever(verdict);
  }
}

function join(sentences: readonly string[]): string {
  return sentences.filter((one) => one !== '').join(t('say.gap'));
}

function plateau({ since, grad_norm, curvature, reach, even, bottom, lowest }: Plateau, name: string): string {
  const values = { name, since, slope: formatNumber(grad_norm), reach: formatNumber(reach) };
  if (bottom === null || lowest === null) return t('say.plateau.tail', { ...values, curvature: formatNumber(curvature) });
  return t('say.plateau', { ...values, even: formatNumber(even), bottom: formatPoint(bottom), lowest: formatNumber(lowest) });
}

function valley(verdict: Valley, name: string): string[] {
  const { direction, condition, factor } = verdict;
  const values = { name, direction: formatPoint(direction, 2), condition: formatNumber(condition), factor: formatFactor(factor) };
  return [
    t('say.valley', { ...values, half: steps(halving(factor)) }),
    t('say.valley.best', {
      best: formatFactor(verdict.best_factor),
      rate: formatNumber(verdict.best_rate),
      momentum: formatNumber(verdict.momentum),
      momentumRate: formatNumber(verdict.momentum_rate),
      momentumBest: formatFactor(verdict.momentum_factor),
    }),
  ];
}

function lastWords({ step, last }: Diverged, name: string): string {
  return last === null ? t('say.diverged', { name, step }) : t('say.diverged.last', { name, step, loss: formatNumber(last) });
}

function why({ cause, limit, last, since }: Diverged): string[] {
  switch (cause) {
    case 'unstable':
      return limit ? overLimit(limit) : [];
    case 'momentum':
      return [t('cause.momentum')];
    case 'climbing':
      return [t('cause.climbing')];
    case 'bottomless':
      return [t('cause.bottomless')];
    case 'wall':
      return [last === null ? t('cause.start') : t('cause.wall')];
    case 'summed':
      return [t('cause.summed')];
    case 'growing':
      return [t('cause.growing', { since: since ?? 0 })];
    case 'unknown':
      return [t('cause.unknown')];
    default:
      return assertNever(cause);
  }
}
