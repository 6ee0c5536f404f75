// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { CENTRE, crosshairKey, type Crosshair } from './crosshair';

const press = (key: string, at: Crosshair = CENTRE, more: KeyboardEventInit = {}) => crosshairKey(new KeyboardEvent('keydown', { key, ...more }), at);

describe('crosshairKey', () => {
  it('moves by small steps, and by large ones with Shift', () => {
    expect(press('ArrowRight')).toEqual({ x: 0.525, y: 0.5 });
    expect(press('ArrowUp', CENTRE, { shiftKey: true })).toEqual({ x: 0.5, y: 0.375 });
  });

  it('stays on the plot, and comes back to where it was', () => {
    expect(press('ArrowLeft', { x: 0, y: 1 })).toEqual({ x: 0, y: 1 });
    expect(press('ArrowDown', { x: 0, y: 1 })).toEqual({ x: 0, y: 1 });
    let at: Crosshair = CENTRE;
    for (const key of [...Array<string>(20).fill('ArrowLeft'), ...Array<string>(20).fill('ArrowRight')]) at = press(key, at) as Crosshair;
    expect(at).toEqual(CENTRE);
  });

  it('leaves the keys of the page and the browser alone', () => {
    expect(['Tab', 'f', 'Home', 'Escape', ' '].map((key) => press(key))).toEqual([null, null, null, null, null]);
    expect(press('ArrowLeft', CENTRE, { altKey: true })).toBeNull();
    expect([press('Enter'), press('Backspace')]).toEqual(['add', 'undo']);
  });
});
