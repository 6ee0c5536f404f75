/** What the map shows: two numbers, what is kept of each run, and the part of them in view. Also as a link has it. */
import { createContext } from 'svelte';
import { pack, unpack } from '../../core/experiment/url-hash';
import type { Pair } from './presets';
import type { Measure } from './view';

/** From and to, on both axes. */
export type View = readonly [readonly [number, number], readonly [number, number]];

export class MapChoice {
  /** null: the first preset. Where the run has not both numbers, too. */
  pair = $state.raw<Pair | null>(null);
  /** null: the first that the problem has. */
  measure = $state<Measure | null>(null);
  /** For the steps to it; null: one that is proposed. */
  loss = $state<number | null>(null);
  /** To be selected once its experiment is open; null: none. */
  run = $state<number | null>(null);
  /** A view that is not the first one, and of which problem, optimizer and numbers. */
  private moved = $state.raw<{ readonly of: string; readonly view: View } | null>(null);

  viewOf(subject: string): View | null {
    return this.moved?.of === subject ? this.moved.view : null;
  }

  /** view: null: back to the first one. */
  move(subject: string, view: View | null): void {
    this.moved = view && { of: subject, view };
  }

  /** Shows these numbers from the beginning, as a card of the gallery wants. */
  show(pair: Pair, measure: Measure | null): void {
    [this.pair, this.measure, this.loss, this.moved] = [pair, measure, null, null];
  }

  /** The part of a link. run: the selected one. */
  async toLink(run: number): Promise<string> {
    return pack({ run, pair: this.pair, measure: this.measure, loss: this.loss, moved: this.moved });
  }

  /** Takes over what a link has. False, with nothing changed, where it has no map that can be read. */
  async fromLink(hash: string): Promise<boolean> {
    const packed = new URLSearchParams(hash.replace(/^#/, '')).get('map');
    if (packed === null) return false;
    const found: unknown = await unpack(packed).catch(() => null);
    if (!isSaved(found)) return false;
    [this.pair, this.measure, this.loss, this.moved, this.run] = [found.pair, found.measure, found.loss, found.moved, found.run];
    return true;
  }
}

interface Saved {
  run: number;
  pair: Pair | null;
  measure: Measure | null;
  loss: number | null;
  moved: { of: string; view: View } | null;
}

const MEASURES: readonly unknown[] = ['outcome', 'final_loss', 'steps_to_loss', 'distance', 'dev_loss', 'dev_accuracy'] satisfies Measure[];

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.length < 200;
const isPair = (value: unknown, each: (part: unknown) => boolean): boolean => Array.isArray(value) && value.length === 2 && value.every(each);
const isRange = (value: unknown): boolean => isPair(value, isNumber) && (value as number[])[0]! < (value as number[])[1]!;

function isSaved(value: unknown): value is Saved {
  if (typeof value !== 'object' || value === null) return false;
  const { run, pair, measure, loss, moved } = value as Partial<Record<keyof Saved, unknown>>;
  const { of, view } = (moved ?? {}) as Partial<Record<'of' | 'view', unknown>>;
  return (
    Number.isSafeInteger(run) && (run as number) >= 0 &&
    (pair === null || isPair(pair, isText)) &&
    (measure === null || MEASURES.includes(measure)) &&
    (loss === null || isNumber(loss)) &&
    (moved === null || (isText(of) && isPair(view, isRange)))
  );
}

export const [useMapChoice, provideMapChoice] = createContext<MapChoice>();
