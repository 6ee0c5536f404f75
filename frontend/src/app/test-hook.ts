/**
 * `window.__steepest`: the page's state, read-only, for tests and for the browser's console. In every build. It returns
 * copies.
 */
import type { Verdict } from '../core/protocol/wire';
import type { DrawState, Session } from '../core/session/types';
import type { Readout } from '../panels/explain/readout.svelte';
import type { AppState } from './app-state';

export interface TestHook {
  readonly experiment: Session['experiment'];
  readonly head: number;
  readonly last: number;
  readonly playing: boolean;
  readonly connection: Session['connection'];
  readonly verdict: Readout['verdict'];
  /** Whether the verdict and the other texts are those of the latest frame; they follow it after a moment. */
  readonly upToDate: boolean;
  /** Records 0..last of one run: losses, parameters and learning rates, and its verdicts. */
  track(run: number): { loss: number[]; params: number[][]; rates: number[]; divergedAt: number | null; verdicts: Verdict[] } | null;
  /** What the latest frame shows of a value that is being dragged. */
  readonly ghosts: { run: number; steps: number[]; loss: number[]; params: number[]; diverged: boolean }[];
  /** The drawn fit of a run. values: [point * outputs + output]. */
  fit(run: number): { step: number; points: number; outputs: number; values: number[] } | null;
}

declare global {
  interface Window {
    __steepest?: TestHook;
  }
}

/** Installs the hook; returns a function that removes it. */
export function installTestHook({ session, readout, drawnFits }: AppState): () => void {
  // Experiment, head and last are all of the latest frame drawn.
  let latest: DrawState | null = null;
  let last = -1;
  const stop = session.onFrame((frame) => {
    latest = frame;
    last = frame.recording.last;
  });
  window.__steepest = {
    get experiment() {
      return latest && structuredClone(latest.experiment);
    },
    get head() {
      return latest?.head ?? 0;
    },
    get last() {
      return last;
    },
    get playing() {
      return session.playing;
    },
    get connection() {
      return session.connection;
    },
    get verdict() {
      return readout.verdict;
    },
    get upToDate() {
      return readout.current;
    },
    track(run) {
      const track = latest?.recording.tracks[run];
      if (!track) return null;
      const { dim, length, divergedAt, verdicts } = track;
      return {
        loss: Array.from(track.loss.subarray(0, length)),
        params: Array.from({ length }, (_, k) => Array.from(track.params.subarray(k * dim, (k + 1) * dim))),
        rates: Array.from(track.lr.subarray(0, length)),
        divergedAt,
        verdicts: structuredClone([...verdicts]),
      };
    },
    get ghosts() {
      return (latest?.ghosts ?? []).map(({ run, steps, loss, params, diverged }) => ({
        run, diverged, steps: Array.from(steps), loss: Array.from(loss), params: Array.from(params),
      }));
    },
    fit(run) {
      const fit = drawnFits.of(run);
      return fit && { step: fit.step, points: fit.points, outputs: fit.outputs, values: Array.from(fit.values) };
    },
  };
  return () => {
    stop();
    delete window.__steepest;
  };
}
