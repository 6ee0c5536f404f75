// @vitest-environment jsdom
import { flushSync, mount, unmount, type Component } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { Session } from '../core/session/types';
import ArrowsKey from '../views/map2d/ArrowsKey.svelte';
import { AppState } from './app-state';
import Provided from './Provided.testing.svelte';

function shown<Props extends Record<string, unknown>>(state: AppState, component: Component<Props>, props: Props): HTMLElement {
  const target = document.createElement('div');
  const mounted = mount(Provided, { target, props: { state, component: component as Component, props } });
  flushSync();
  stops.push(() => void unmount(mounted));
  return target;
}

let stops: (() => void)[] = [];

describe('the state of the page', () => {
  it('reaches the components below, and is another one for another page', () => {
    window.matchMedia ??= () => ({ matches: false, addEventListener: () => {} }) as unknown as MediaQueryList;
    const states = [new AppState({} as Session), new AppState({} as Session)] as const;
    const [one, other] = states.map((state) => shown(state, ArrowsKey, { dim: 2 }).querySelector('button'));
    expect([one?.ariaPressed, other?.ariaPressed]).toEqual(['true', 'true']);
    one?.click();
    flushSync();
    expect([one?.ariaPressed, other?.ariaPressed]).toEqual(['false', 'true']);
    expect([states[0].stepArrows.on, states[1].stepArrows.on]).toEqual([false, true]);
    stops.forEach((stop) => stop());
    stops = [];
  });
});
