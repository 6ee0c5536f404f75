/** What a run has reached, since which step, and since when the other runs have. */
import { isLearning, isSurface } from '../../core/experiment/problem';
import type { Track } from '../../core/player/track';
import type { DrawState } from '../../core/session/types';
import { t } from '../../ui/i18n/i18n.svelte';
import { formatNumber } from '../../ui/i18n/numbers';
import { floorOf } from '../../views/loss-scene/figures';

/** The margins that are told: below the least follows the end of convergence only, and one above the most is no success. */
const LEAST = 1e-6;
const MOST = 0.1;
/** Verdicts that are no time to speak of success. */
const FAILING: ReadonlySet<string> = new Set(['diverged', 'unstable', 'exploding', 'bottomless', 'summed', 'unmoved']);

export interface Success {
  /** accuracy: every training sample is right. loss: below `margin`. gap: less than `margin` above the lowest loss. */
  readonly reached: 'accuracy' | 'loss' | 'gap';
  readonly margin: number;
  readonly run: number;
  /** One a run: the first step at which it was reached; null where it was not, up to the step on screen. */
  readonly steps: readonly (number | null)[];
}

/** What the selected run has reached and still holds at the step on screen; null for nothing, or where it fails. */
export function successOf({ experiment, scene, recording: { tracks }, head, selected }: DrawState, verdict: string): Success | null {
  const track = tracks[selected];
  if (!track || track.length === 0 || FAILING.has(verdict)) return null;
  const now = Math.min(head, track.length - 1);
  if (track.metricsUpTo(now).at(-1)?.accuracy[0] === 1) {
    const steps = tracks.map((one) => one.metricsUpTo(head).find(({ accuracy }) => accuracy[0] === 1)?.step ?? null);
    return { reached: 'accuracy', margin: 0, run: selected, steps };
  }
  const { problem } = experiment;
  const floor = isSurface(problem) ? scene && floorOf(scene) : 0;
  if (floor === null) return null;
  // The loss of a batch jumps: there it is the one on the whole training part, where it was measured.
  const batches = isLearning(problem) && (problem.batch?.size ?? null) !== null;
  const losses = batches ? measured : recorded;
  const { first, last } = losses(track, now);
  const margin = marginAbove(last - floor);
  if (!(margin <= Math.min((first - floor) / 10, MOST))) return null;
  const steps = tracks.map((one) => losses(one, head).below(floor + margin));
  return { reached: floor === 0 ? 'loss' : 'gap', margin, run: selected, steps };
}

/** Where it was reached, and of the other runs that are shown, where they reached it. */
export function successWords({ reached, margin, run, steps }: Success, names: readonly string[], visible: readonly boolean[]): string {
  const others = names.flatMap((name, n) => {
    if (n === run || visible[n] === false) return [];
    const step = steps[n] ?? null;
    return [step === null ? t('success.not', { name }) : t('success.at', { name, step })];
  });
  const said = t(`success.${reached}`, { margin: formatNumber(margin), step: steps[run] ?? 0 });
  return others.length === 0 ? said : `${said}${t('say.gap')}${t('success.others', { list: others.join(t('success.and')) })}`;
}

/** What is compared: the loss of each record, or of each measurement of a model. */
interface Losses {
  readonly first: number;
  readonly last: number;
  /** The first step at which it was below a value; null for none. */
  below(value: number): number | null;
}

function recorded({ loss, length }: Track, until: number): Losses {
  const held = loss.subarray(0, Math.min(until + 1, length));
  return {
    first: held[0] ?? Number.NaN,
    last: held.at(-1) ?? Number.NaN,
    below(value) {
      const step = held.findIndex((one) => one < value);
      return step < 0 ? null : step;
    },
  };
}

function measured(track: Track, until: number): Losses {
  const held = track.metricsUpTo(until);
  return {
    first: held[0]?.losses[0] ?? Number.NaN,
    last: held.at(-1)?.losses[0] ?? Number.NaN,
    below: (value) => held.find(({ losses }) => losses[0] < value)?.step ?? null,
  };
}

/** The least power of ten above a gap; NaN for none. */
function marginAbove(gap: number): number {
  const margin = 10 ** (Math.floor(Math.log10(Math.max(gap, 0))) + 1);
  return Number.isNaN(gap) ? gap : Math.max(margin, LEAST);
}
