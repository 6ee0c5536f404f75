// @vitest-environment jsdom
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DrawState, Session } from '../../core/session/types';
import Description from './Description.svelte';

let stop: () => void = () => {};
afterEach(() => {
  stop();
  vi.useRealTimers();
});

/** The text after each of these steps is drawn, without any time between them. */
function said(playing: boolean, steps: readonly number[]): string[] {
  vi.useFakeTimers();
  let draw: (frame: DrawState) => void = () => {};
  const session = { playing, onFrame: (to: typeof draw) => ((draw = to), () => {}) } as unknown as Session;
  const target = document.createElement('div');
  const made = mount(Description, { target, props: { session, plot: 'loss', describe: ({ head }: DrawState) => `step ${head}` } });
  stop = () => void unmount(made);
  flushSync();
  return steps.map((head) => {
    draw({ head } as DrawState);
    flushSync();
    return target.textContent ?? '';
  });
}

describe('a plot in words', () => {
  it('follows at once at rest', () => {
    expect(said(false, [3, 4, 2])).toEqual(['step 3', 'step 4', 'step 2']);
  });

  it('stays for a while while playing, so that it can be read', () => {
    expect(said(true, [3, 4])).toEqual(['', '']);
    vi.advanceTimersByTime(10);
  });
});
