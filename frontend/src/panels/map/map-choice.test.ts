// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { pack } from '../../core/experiment/url-hash';
import { MapChoice } from './map-choice.svelte';

const SAVED = {
  run: 1, pair: ['runs[0].start[0]', 'seed'], measure: 'steps_to_loss', loss: 0.1, moved: { of: 'ravine sgd', view: [[0, 1], [2, 3]] },
};

describe('the map of a link', () => {
  it('is the same one, for its problem and numbers alone', async () => {
    const sent = new MapChoice();
    sent.show(['runs[0].start[0]', 'seed'], 'steps_to_loss');
    sent.loss = 0.1;
    sent.move('ravine sgd', [[0, 1], [2, 3]]);
    const got = new MapChoice();
    expect(await got.fromLink(`#x=abc&step=3&map=${await sent.toLink(1)}`)).toBe(true);
    expect([got.pair, got.measure, got.loss]).toEqual([['runs[0].start[0]', 'seed'], 'steps_to_loss', 0.1]);
    expect(got.viewOf('ravine sgd')).toEqual([[0, 1], [2, 3]]);
    expect(got.viewOf('ravine adam')).toBeNull();
  });

  it('changes nothing where there is none, or none that can be read', async () => {
    const choice = new MapChoice();
    const view = (of: unknown, ...ranges: unknown[]) => ({ ...SAVED, moved: { of, view: ranges } });
    const wrong: unknown[] = [
      7, null, {}, { ...SAVED, run: -1 }, { ...SAVED, pair: ['a'] }, { ...SAVED, measure: 'luck' }, { ...SAVED, loss: '1' },
      view(1, [0, 1], [2, 3]), view('a', [1, 0], [2, 3]), view('a', [0, 1]),
    ];
    expect(await choice.fromLink('#x=abc&step=3')).toBe(false);
    expect(await choice.fromLink('#map=nothing')).toBe(false);
    for (const each of wrong) expect(await choice.fromLink(`#map=${await pack(each)}`), JSON.stringify(each)).toBe(false);
    expect([choice.pair, choice.measure, choice.loss]).toEqual([null, null, null]);
    expect(await choice.fromLink(`#map=${await pack(SAVED)}`)).toBe(true);
    expect(choice.run).toBe(1);
  });
});
