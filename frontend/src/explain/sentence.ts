/** A verdict in one or two plain sentences, and the rate that it advises. */
import { t } from '../i18n/i18n.svelte';
import { say, sayPoint } from '../i18n/numbers';
import { assertNever } from '../protocol/wire';
import type { NearCritical } from './critical';
import type { Diverged } from './divergence';
import type { Unstable } from './stability';
import type { Verdict } from './verdict';

export interface Sentence {
  readonly text: string;
  /** A learning rate to use from a step on. */
  readonly advice: { readonly lr: number; readonly at: number } | null;
}

/** name: of the run. about: what the problem's own entry says to look at. */
export function sentence(verdict: Verdict, name: string, about: string): Sentence {
  switch (verdict.code) {
    case 'diverged_rate':
      return { text: join(lastWords(verdict, name), ...overshooting(verdict)), advice: { lr: verdict.use, at: verdict.at } };
    case 'diverged_momentum':
      return plain(lastWords(verdict, name), t('was.diverged.momentum', { mu: say(verdict.momentum) }));
    case 'diverged_climbs':
      return plain(lastWords(verdict, name), t('was.diverged.climbs'));
    case 'diverged_falls':
      return plain(lastWords(verdict, name), t('was.diverged.falls'));
    case 'diverged_other':
      return plain(lastWords(verdict, name), verdict.adaptive ? t('was.diverged.adaptive') : t('was.diverged.other'));
    case 'overshoots':
      return { text: t('was.name', { name, what: join(...overshooting(verdict)) }), advice: { lr: verdict.use, at: verdict.at } };
    case 'falls':
      return plain(t('was.falls', { name }));
    case 'converged': {
      const { step, at, loss, lowest } = verdict;
      const settled = t('was.converged', { name, step, at: sayPoint(at), loss: say(loss) });
      return lowest ? plain(settled, t('was.lowest', { at: sayPoint(lowest.at), value: say(lowest.value) })) : plain(settled);
    }
    case 'near':
      return plain(near(verdict, name), leaving(verdict));
    case 'looking':
      return plain(about);
    default:
      return assertNever(verdict);
  }
}

function plain(...parts: string[]): Sentence {
  return { text: join(...parts), advice: null };
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(t('was.gap'));
}

function lastWords({ step, last }: Diverged, name: string): string {
  return last === null ? t('was.diverged', { name, step }) : t('was.diverged.last', { name, step, loss: say(last) });
}

function overshooting(found: Unstable): string[] {
  const product = say(found.product);
  const limit = say(found.limit);
  const mu = say(found.momentum);
  const first =
    found.direction.length > 1
      ? t('was.over', { product, limit, direction: sayPoint(found.direction, 2) })
      : t('was.over1', { product, limit });
  const dampened = !found.nesterov && Math.abs(found.limit - 2 * (1 + found.momentum)) > 1e-9;
  const why =
    found.momentum === 0 || dampened ? '' : found.nesterov ? t('was.limit.nesterov', { mu, limit }) : t('was.limit.momentum', { mu, limit });
  return [first, why, t('was.largest', { largest: say(found.largest) })];
}

function near({ kind, at, eigenvalues, downhill }: NearCritical, name: string): string {
  const values = { name, at: sayPoint(at), eigenvalues: eigenvalues.map((value) => say(value)).join(', ') };
  const down = sayPoint(downhill ?? [], 2);
  switch (kind) {
    case 'saddle':
      return t('was.near.saddle', { ...values, downhill: down });
    case 'maximum':
      return at.length > 1 ? t('was.near.maximum', { ...values, downhill: down }) : t('was.near.maximum1', values);
    case 'minimum':
      return t('was.near.minimum', values);
    case 'degenerate':
      return t('was.near.degenerate', values);
    default:
      return assertNever(kind);
  }
}

function leaving({ escape }: NearCritical): string {
  if (!escape) return '';
  if (escape.steps === Infinity) return t('was.stuck');
  return t('was.escape', { factor: say(escape.factor, 4), steps: escape.steps });
}
