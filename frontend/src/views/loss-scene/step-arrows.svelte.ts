/** The arrows of the step on the map: what the panel knows of them and the stage draws. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';
import type { Inspected } from '../../core/protocol/wire';

export const ARROWS = ['gradient', 'momentum', 'update'] as const;
export type Arrow = (typeof ARROWS)[number];

/** By how much each arrow is longer on the map than what it stands for; 0: it is not drawn. */
export type Scales = Readonly<Record<Arrow, number>>;

const NONE: Scales = { gradient: 0, momentum: 0, update: 0 };

/** Vectors of one step of one run, from its lines. start: where they begin. */
export interface Pointing {
  readonly run: number;
  readonly step: number;
  readonly start: readonly number[];
  readonly vectors: Readonly<Partial<Record<Arrow, readonly number[]>>>;
}

export class StepArrows {
  on = $state(remembered('arrows') !== 'off');
  /** As they were drawn last, for the key. */
  scales = $state.raw<Scales>(NONE);
  /** The one whose line is pointed at. */
  lit = $state.raw<Arrow | null>(null);
  pointing: Pointing | null = null;
  /** Of the last arrows: kept while they can be seen and fit. One for gradient and momentum, which have one unit. */
  slopeScale = 1;
  updateScale = 1;

  private readonly watchers = new Set<() => void>();

  /** Called whenever they must be drawn anew. Returns the way to stop. */
  watch(draw: () => void): () => void {
    this.watchers.add(draw);
    return () => this.watchers.delete(draw);
  }

  toggle(): void {
    this.on = !this.on;
    remember('arrows', this.on ? 'on' : 'off');
    this.changed();
  }

  light(arrow: Arrow | null): void {
    if (arrow === this.lit) return;
    this.lit = arrow;
    this.changed();
  }

  point(inspected: Inspected | null): void {
    this.pointing = inspected && pointingOf(inspected);
    this.changed();
  }

  /** Told by the drawing, each frame: reactive only where something has changed. */
  drawn(scales: Scales): void {
    if (ARROWS.some((arrow) => scales[arrow] !== this.scales[arrow])) this.scales = { ...scales };
  }

  private changed(): void {
    for (const draw of this.watchers) draw();
  }
}

export function pointingOf({ run, worked }: Inspected): Pointing | null {
  if (!worked) return null;
  const vectors: Partial<Record<Arrow, readonly number[]>> = {};
  for (const { arrow, value } of worked.lines) if (arrow && Array.isArray(value)) vectors[arrow] = value.map(Number);
  return { run, step: worked.step, start: worked.start.map(Number), vectors };
}

export const [useStepArrows, provideStepArrows] = createContext<StepArrows>();
