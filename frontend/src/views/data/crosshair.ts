/** Where the keys put the next point: shares of the plot's width and height, from its left and its top. */
export interface Cross {
  readonly x: number;
  readonly y: number;
}

export const MIDDLE: Cross = { x: 0.5, y: 0.5 };

const NOTCH = 1 / 40;
const FAR = 5; // times that, with Shift

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a key on the picture asks for; null where it is none of its keys. */
export function crossed(event: KeyboardEvent, at: Cross): Cross | 'put' | 'back' | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === 'Enter') return 'put';
  if (event.key === 'Backspace' || event.key === 'Delete') return 'back';
  const move = MOVES[event.key];
  if (!move) return null;
  const by = NOTCH * (event.shiftKey ? FAR : 1);
  return { x: kept(at.x + by * move[0]), y: kept(at.y + by * move[1]) };
}

/** On the plot, and without what rounding adds to forty steps. */
function kept(share: number): number {
  return Math.min(1, Math.max(0, Math.round(share / NOTCH) * NOTCH));
}
