import { expect, it } from 'vitest';
import type { CommandBody, EventOf, Sweep } from '../protocol/wire';
import { Refused } from './faults';
import { QueryReplies } from './query-replies';

const SWEEP = { version: 1, axes: [], steps: 9 } as unknown as Sweep;
const tile = (id: number, number: number): EventOf<'tile'> => ({ op: 'tile', id, number, count: 3 }) as EventOf<'tile'>;

function bed(up = true) {
  const sent: CommandBody[] = [];
  const replies = new QueryReplies((command) => (up ? sent.push(command) : 0));
  const seen: number[] = [];
  const answer = replies.ask({ op: 'sweep', sweep: SWEEP, after: 0 }, ({ number }) => seen.push(number));
  return { sent, replies, seen, answer };
}

it('passes on each tile of a sweep, and is done with the last', async () => {
  const { replies, seen, answer } = bed();
  for (const number of [0, 1]) expect(replies.settle(tile(1, number))).toBeNull();
  expect(seen).toEqual([0, 1]);
  replies.settle(tile(7, 2)); // of another one, long cancelled
  expect(seen).toEqual([0, 1]);
  replies.settle(tile(1, 2));
  expect((await answer).number).toBe(2);
  expect(seen).toEqual([0, 1, 2]);
});

it('cancels a sweep once, which the server then refuses', async () => {
  const { sent, replies, answer } = bed();
  replies.settle(tile(1, 0));
  replies.cancelSweep();
  expect(sent.map(({ op }) => op)).toEqual(['sweep', 'cancel_sweep']);
  expect(replies.refuse(1, new Refused({ code: 'limit', field: '', message: '', column: null }))).toBe(true);
  await expect(answer).rejects.toThrow(Refused);
  replies.cancelSweep();
  expect(sent).toHaveLength(2);
});

it('drops a sweep that was never sent', async () => {
  const { replies, answer } = bed(false);
  expect(replies.waiting).toBe(true);
  replies.cancelSweep();
  await expect(answer).rejects.toThrow('the connection was lost');
  expect(replies.waiting).toBe(false);
});
