/** The gallery's cards, fetched when the gallery is first opened, and the comparison of their figures with the recording. */
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

/** Fetched once; after a failure, again. Throws where the server does not answer. */
export function fetchGallery(): Promise<Gallery> {
  fetched ??= fetch(new URL('api/gallery', document.baseURI)).then(async (answer) => {
    if (!answer.ok) throw new Error(`fetching the gallery failed: ${answer.status} ${answer.statusText}`);
    return (await answer.json()) as Gallery;
  });
  fetched.catch(() => (fetched = null));
  return fetched;
}

export function isExercise(card: Card): card is Exercise {
  return 'choices' in card;
}

/** A printed figure and the recorded one; `ours` is '' before the step is recorded. */
export interface Compared {
  readonly printed: string;
  readonly ours: string;
  /** Equal in every printed digit, or within float32's rounding. */
  readonly same: boolean;
}

/** Compares a recorded number with a printed one, to as many decimals as are printed. */
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

/** The last two bits of a float32, which depend on the order of a sum. */
const LAST_BITS = 2 ** -22;

function closerThanFloat32(value: number, printed: string): boolean {
  const figure = Number(printed);
  return Math.abs(value - figure) <= LAST_BITS * Math.max(1, Math.abs(figure));
}
