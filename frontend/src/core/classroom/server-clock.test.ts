import { describe, expect, it } from 'vitest';
import { ServerClock } from './server-clock';

describe('the server’s clock', () => {
  it('is ours and half the way, of the answer that was on its way for the shortest time', () => {
    let local = 1000;
    const clock = new ServerClock(() => local);
    local = 1400;
    clock.measure(50_000, 1000);
    expect(clock.now()).toBe(50_200);
    local = 2000;
    clock.measure(50_900, 1980);
    expect(clock.now()).toBe(50_910);
    local = 2400;
    clock.measure(60_000, 2100); // slower: does not count
    expect(clock.now()).toBe(51_310);
  });

  it('goes on as before while it is in doubt, until the next answer, which alone counts then', () => {
    let local = 0;
    const clock = new ServerClock(() => local);
    local = 10;
    clock.measure(5000, 0);
    clock.doubt();
    local = 20;
    expect(clock.now()).toBe(5015);
    local = 1020;
    clock.measure(36_000, 20); // half a minute of sleep; a slow answer
    expect(clock.now()).toBe(36_500);
    local = 2030;
    clock.measure(37_505, 2020);
    expect(clock.now()).toBe(37_510);
  });
});
