// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { trackOf } from '../../core/player/track.testing';
import type { Experiment, ScalingTried, Verdict } from '../../core/protocol/wire';
import type { DrawState, Session } from '../../core/session/types';
import { language } from '../../ui/i18n/i18n.svelte';
import { betterScaled, openScaled, questionOf, scaleWords, scalingTriedWords } from './scaling';

const scaled = { version: 1 } as unknown as Experiment;
const tried: ScalingTried = {
  op: 'scaling_tried', id: 3, run: 0, what: 'target', steps: 300, at_least: false, without: { loss: 5.98, diverged: false }, scaled: { loss: 0.0173, diverged: false },
  experiment: scaled, lr: null,
};

function frame(params: object, code = 'stalled', head = 200): DrawState {
  const rows = Array.from({ length: 201 }, () => ({ params: [] }));
  const track = trackOf(rows, 0, [{ code, step: 100, remedy: null } as unknown as Verdict]);
  return {
    experiment: { problem: { kind: 'learning', dataset: { id: 'csv', params } } }, recording: { tracks: [track] }, selected: 0, head,
  } as unknown as DrawState;
}

afterEach(() => language.choose('en'));

describe('a scaled table', () => {
  it('is tried where there is one to scale, of a run under way', () => {
    expect(questionOf(frame({ standardize_target: false }))).toEqual({ run: 0 });
    expect(questionOf(frame({ standardize: false, standardize_target: true }))).toEqual({ run: 0 });
    expect(questionOf(frame({ standardize: true, standardize_target: true }))).toBeNull();
    expect(questionOf(frame({}))).toBeNull();
    expect(questionOf(frame({ standardize_target: false }, 'settled'))).toBeNull();
    expect(questionOf(frame({ standardize_target: false }, 'stalled', 0))).toBeNull();
  });

  it('is offered only where it proved better', () => {
    expect(betterScaled(tried)?.experiment).toBe(scaled);
    expect(betterScaled({ ...tried, scaled: null, experiment: null })).toBeNull();
    expect(betterScaled(null)).toBeNull();
  });

  it('is offered with its rate, and what it brought', () => {
    expect(scaleWords(tried)).toBe('Scale the target');
    expect(scaleWords({ ...tried, lr: 0.05 })).toBe('Scale the target, with rate 0.05');
    expect(scalingTriedWords(tried)).toBe(
      'The target’s numbers are far from 1. Tried from the start for 300 steps: a loss of 0.0173, and 5.98 in the same unit without it.',
    );
    expect(scalingTriedWords({ ...tried, without: { loss: 'Infinity', diverged: true } })).toContain('without it the run diverges.');
    const both = { ...tried, what: 'both', at_least: true } as const;
    expect(scaleWords(both)).toBe('Scale inputs and target');
    expect(scaleWords({ ...tried, what: 'inputs' })).toBe('Scale the inputs');
    expect(scalingTriedWords(both)).toBe(
      'The numbers of inputs and target are far from 1. Tried from the start for 300 steps: a loss of 0.0173, and at least 5.98 in the same unit without it.',
    );
    language.choose('zh');
    expect(scalingTriedWords(tried)).toContain('损失为 0.0173');
  });

  it('is opened and played', async () => {
    const open = vi.fn(() => Promise.resolve(true));
    const play = vi.fn();
    await openScaled({ open, play } as unknown as Session, scaled);
    expect(open).toHaveBeenCalledWith(scaled);
    expect(play).toHaveBeenCalledOnce();
  });
});
