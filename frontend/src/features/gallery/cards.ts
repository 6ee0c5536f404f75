/** The cards of the galleries, fetched when one is first looked at, and how a card's figures compare with what was recorded. */
import type { Track } from '../../core/player/track';
import type { components } from '../../core/protocol/protocol.gen';

type Schemas = components['schemas'];
export type Gallery = Schemas['Gallery'];
export type Note = Schemas['Note'];
export type Exercise = Schemas['Exercise'];
export type Table = Schemas['Table'];
export type Column = Schemas['Column'];
export type Card = Note | Exercise;

let fetched: Promise<Gallery> | null = null;

/** Asked for once; after a failure again. Throws where there is no answer. */
export function fetchGallery(): Promise<Gallery> {
  fetched ??= fetch(new URL('api/gallery', document.baseURI)).then(async (answer) => {
    if (!answer.ok) throw new Error(`the gallery could not be had: ${answer.status} ${answer.statusText}`);
    return (await answer.json()) as Gallery;
  });
  fetched.catch(() => (fetched = null));
  return fetched;
}

export function isExercise(card: Card): card is Exercise {
  return 'choices' in card;
}

/** A figure of ours beside one that is printed; ours is '' before the step is recorded. */
export interface Compared {
  readonly printed: string;
  readonly ours: string;
  /** Equal in every printed digit, or nearer than a float32 can tell. */
  readonly same: boolean;
}

/** What a run recorded, to as many decimals as are printed. */
export function compare(track: Track, column: Column, step: number, printed: string): Compared {
  const value = recorded(track, column, step + column.after);
  if (value === null) return { printed, ours: '', same: false };
  const decimals = printed.split('.')[1]?.length ?? 0;
  // Half a unit of the last digit may be rounded either way: Python prints 0.5625 as 0.562, JavaScript as 0.563.
  const rounds = Math.abs(value - Number(printed)) <= 0.5 * 10 ** -decimals * (1 + 1e-9);
  const same = rounds || closerThanFloat32(value, printed);
  return { printed, ours: rounds ? printed : value.toFixed(decimals), same };
}

function recorded(track: Track, column: Column, step: number): number | null {
  if (step >= track.length) return null;
  if (column.reads === 'loss') return track.loss[step] ?? null;
  if (column.index >= track.dim) return null;
  const values = column.reads === 'param' ? track.params : track.grad;
  return values[step * track.dim + column.index] ?? null;
}

/** The last two bits of a float32, by which the order of a sum may change it. */
const LAST_BITS = 2 ** -22;

function closerThanFloat32(value: number, printed: string): boolean {
  const figure = Number(printed);
  return Math.abs(value - figure) <= LAST_BITS * Math.max(1, Math.abs(figure));
}
