/** The keys of the crosshair, which put points on a plot. */

/** Where the next point goes: shares of the plot's width and height, from its left and top. */
export interface Crosshair {
  readonly x: number;
  readonly y: number;
}

export const CENTRE: Crosshair = { x: 0.5, y: 0.5 };

const STEP = 1 / 40;
/** Steps at once with Shift. */
const STRIDE = 5;

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** What a key does: moves the crosshair, adds a point, or takes the last one back; null: nothing. */
export function crosshairKey(event: KeyboardEvent, at: Crosshair): Crosshair | 'add' | 'undo' | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  if (event.key === 'Enter') return 'add';
  if (event.key === 'Backspace' || event.key === 'Delete') return 'undo';
  const move = MOVES[event.key];
  if (!move) return null;
  const by = STEP * (event.shiftKey ? STRIDE : 1);
  return { x: clamp(at.x + by * move[0]), y: clamp(at.y + by * move[1]) };
}

/** Within the plot, and on whole steps: rounding errors do not add up. */
function clamp(share: number): number {
  return Math.min(1, Math.max(0, Math.round(share / STEP) * STEP));
}
