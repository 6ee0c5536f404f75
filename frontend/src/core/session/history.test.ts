import { describe, expect, it } from 'vitest';
import { experimentOf } from './fake-server.testing';
import { History, type ChangeKey, type Moment } from './history';

const at = (lr: number): Moment => ({ experiment: experimentOf(lr), step: 3, last: 9, marks: [0], visible: [true], selected: 0 });
const key = (more: Partial<ChangeKey> = {}): ChangeKey => ({ gesture: 0, what: '.seed', at: 0, ...more });
const rates = (...moments: (Moment | null)[]) => moments.map((moment) => moment?.experiment.runs[0]?.optimizer['lr']);

describe('the history', () => {
  it('goes back and forth through all changes', () => {
    const history = new History();
    history.changed(at(1), key({ at: 0 }));
    history.changed(at(2), key({ at: 5000 }));
    expect(rates(history.undo(at(3)), history.undo(at(2)), history.undo(at(1)))).toEqual([2, 1, undefined]);
    expect([history.canUndo, history.canRedo]).toEqual([false, true]);
    expect(rates(history.redo(at(1)), history.redo(at(2)), history.redo(at(3)))).toEqual([2, 3, undefined]);
  });

  it('has nothing to go forward to after another change', () => {
    const history = new History();
    history.changed(at(1), key());
    history.undo(at(2));
    history.changed(at(1), key());
    expect(history.canRedo).toBe(false);
    expect(rates(history.undo(at(5)))).toEqual([1]);
  });

  it('takes one gesture as one change, and two as two, however soon', () => {
    const history = new History();
    for (const rate of [1, 2, 3]) history.changed(at(rate), key({ gesture: 7, at: 3000 * rate }));
    history.changed(at(4), key({ gesture: 8, at: 9001 }));
    history.changed(at(5), key({ gesture: 8, at: 9001, what: '0 lr' }));
    expect(rates(history.undo(at(6)), history.undo(at(5)), history.undo(at(4)), history.undo(at(1)))).toEqual([5, 4, 1, undefined]);
  });

  it('takes a key held down as one change, and other things as others', () => {
    const history = new History();
    history.changed(at(1), key({ what: '0 lr', at: 0 }));
    history.changed(at(2), key({ what: '0 lr', at: 900 }));
    history.changed(at(3), key({ what: '1 lr', at: 950 }));
    history.changed(at(4), key({ what: '1 lr', at: 2000 }));
    expect(rates(history.undo(at(5)), history.undo(at(4)), history.undo(at(3)), history.undo(at(1)))).toEqual([4, 3, 1, undefined]);
  });

  it('begins a change of its own after an undo', () => {
    const history = new History();
    history.changed(at(1), key({ gesture: 7 }));
    history.undo(at(2));
    history.changed(at(1), key({ gesture: 7 }));
    expect(history.canUndo).toBe(true);
  });

  it('lets go of the oldest where they are many or large', () => {
    const history = new History();
    for (let n = 0; n < 300; n += 1) history.changed(at(n), key({ gesture: n + 1 }));
    let count = 0;
    while (history.undo(at(0))) count += 1;
    expect(count).toBe(200);

    const rows = Array.from({ length: 100_000 }, () => [0.1234567890123, 1]);
    const large = { ...at(1), experiment: { ...experimentOf(1), problem: { kind: 'surface' as const, id: 'ravine', params: { rows } } } };
    const heavy = new History();
    for (let n = 0; n < 20; n += 1) heavy.changed(large, key({ gesture: n + 1 }));
    count = 0;
    while (heavy.undo(at(0))) count += 1;
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThan(6);
  });
});
