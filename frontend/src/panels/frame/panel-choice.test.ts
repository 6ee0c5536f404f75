// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import { PanelChoice } from './panel-choice.svelte';

describe('a panel that a card has opened', () => {
  beforeEach(() => localStorage.clear());

  it('closes with the next card', () => {
    const choice = new PanelChoice();
    choice.followCard('layers');
    expect([choice.chosen, choice.open]).toEqual(['layers', true]);
    choice.followCard(undefined);
    expect(choice.open).toBe(false);
  });

  it('is replaced by that of the next card, and closes with the one after it', () => {
    const choice = new PanelChoice();
    choice.followCard('layers');
    choice.followCard('backprop');
    expect([choice.chosen, choice.open]).toEqual(['backprop', true]);
    choice.followCard(undefined);
    expect(choice.open).toBe(false);
  });

  it('stays where the user had it open, or has opened it again', () => {
    const before = new PanelChoice();
    before.unfold(true);
    before.followCard('layers');
    before.followCard(undefined);
    expect(before.open).toBe(true);
    const after = new PanelChoice();
    after.followCard('layers');
    after.unfold(true);
    after.followCard(undefined);
    expect(after.open).toBe(true);
  });

  it('is not remembered as the user’s choice', () => {
    new PanelChoice().followCard('layers');
    const next = new PanelChoice();
    expect([next.chosen, next.open]).toEqual(['', false]);
  });
});
