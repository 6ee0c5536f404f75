/** The arrows of a step: set by the step panel, drawn on the map. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';
import type { Inspected } from '../../core/protocol/wire';

export const ARROWS = ['gradient', 'momentum', 'update'] as const;
export type Arrow = (typeof ARROWS)[number];

/** Factor by which each arrow is drawn longer than its vector; 0: it is not drawn. */
export type Scales = Readonly<Record<Arrow, number>>;

const NONE: Scales = { gradient: 0, momentum: 0, update: 0 };

/** The vectors of one step of one run. start: the parameters where they begin. */
export interface StepVectors {
  readonly run: number;
  readonly step: number;
  readonly start: readonly number[];
  readonly vectors: Readonly<Partial<Record<Arrow, readonly number[]>>>;
}

export class StepArrows {
  on = $state(remembered('arrows') !== 'off');
  /** The last scales, for the key. */
  scales = $state.raw<Scales>(NONE);
  /** The arrow whose line in the step panel is pointed at. */
  highlighted = $state.raw<Arrow | null>(null);
  /** Of the worked step; null while there is none. */
  vectors: StepVectors | null = null;
  /** The last scales, kept while the arrows are visible and fit: of gradient and momentum, which have one unit, and of the update. */
  slopeScale = 1;
  updateScale = 1;

  private readonly watchers = new Set<() => void>();

  /** Calls back whenever the arrows must be drawn again. Returns a function that stops it. */
  watch(draw: () => void): () => void {
    this.watchers.add(draw);
    return () => this.watchers.delete(draw);
  }

  toggle(): void {
    this.on = !this.on;
    remember('arrows', this.on ? 'on' : 'off');
    this.changed();
  }

  highlight(arrow: Arrow | null): void {
    if (arrow === this.highlighted) return;
    this.highlighted = arrow;
    this.changed();
  }

  show(inspected: Inspected | null): void {
    this.vectors = inspected && vectorsOf(inspected);
    this.changed();
  }

  /** Called at each frame with the scales that were drawn; reactive only where one has changed. */
  setScales(scales: Scales): void {
    if (ARROWS.some((arrow) => scales[arrow] !== this.scales[arrow])) this.scales = { ...scales };
  }

  private changed(): void {
    for (const draw of this.watchers) draw();
  }
}

function vectorsOf({ run, worked }: Inspected): StepVectors | null {
  if (!worked) return null;
  const vectors: Partial<Record<Arrow, readonly number[]>> = {};
  for (const { arrow, value } of worked.lines) if (arrow && Array.isArray(value)) vectors[arrow] = value.map(Number);
  return { run, step: worked.step, start: worked.start.map(Number), vectors };
}

export const [useStepArrows, provideStepArrows] = createContext<StepArrows>();
