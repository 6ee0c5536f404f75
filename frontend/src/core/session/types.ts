/**
 * The session as everything that draws or controls sees it.
 *
 * A session is one open experiment, its recording and the play head. Controls read the reactive fields and call the
 * actions. The stage and the charts, which change every frame, are drawn from `onFrame` without reactive state.
 */
import type { Lead } from '../player/lead';
import type { Move } from '../player/move';
import type { Fit, Recording } from '../player/track';
import type { Moment } from './history';
import type {
  Catalog, CriticalPoint, DataPicture, Edit, Engine, EngineCheck, Experiment, GradientCheckAnswer, GraphAnswer, GraphQuery, Inspected, Layer,
  NeuronsAnswer, OptimizerSpec, PlaneAnswer, PlaneQuery, RatesAnswer, Rehearsed, ScalingTried, Scene, Sweep, Tile, Value,
} from '../protocol/wire';

/** The records that a run would have at a value that is being dragged: m of them, some left out where they are many. */
export interface Ghost {
  readonly run: number;
  /** [k] ascending, from the step at which the change would be made. */
  readonly steps: ArrayLike<number>;
  /** [k] */
  readonly loss: ArrayLike<number>;
  readonly gradNorm: ArrayLike<number>;
  /** Parameters in a record; 0 where they are more than two. */
  readonly dim: number;
  /** [k * dim + i] */
  readonly params: ArrayLike<number>;
  /** The last record is not finite: the run would end there. */
  readonly diverged: boolean;
}

/** Everything that a drawing of one moment needs. */
export interface DrawState {
  readonly experiment: Experiment;
  /** null for a model of more than two parameters: there is no picture of its loss over all of them. */
  readonly scene: Scene | null;
  readonly recording: Recording;
  /** The step on screen, an integer in 0..recording.last. */
  readonly head: number;
  readonly visible: readonly boolean[];
  readonly selected: number;
  /** While a value is dragged; at most one a run. */
  readonly ghosts: readonly Ghost[];
  /** By edits, in their order. */
  readonly moves: readonly Move[];
}

/** An error of the server, shown beside its field. field: e.g. `runs[0].optimizer.lr`, '' for none. */
export interface Fault {
  readonly code: string;
  readonly field: string;
  readonly message: string;
  /** 1-based, for typed text. */
  readonly column: number | null;
}

/** z in rows of y: z[iy * nx + ix]; one row for a problem of one variable. */
export interface Grid {
  readonly bounds: readonly (readonly [number, number])[];
  readonly nx: number;
  readonly ny: number;
  readonly z: Float32Array;
}

/** What an edit changes: exactly one of set, optimizer, params. It happens at the step on screen. */
export type Change = { run: number } & (
  | { set: Record<string, Value> }
  | { optimizer: OptimizerSpec }
  | { params: number[] }
);

/** The one change that an edit makes. */
export function changeOf({ run, set, optimizer, params }: Edit): Change {
  if (set) return { run, set };
  if (optimizer) return { run, optimizer };
  return { run, params: params ?? [] };
}

/** The sender's fingerprint in the opened link, and ours. */
export interface Claim {
  /** Up to this step. */
  readonly step: number;
  /** The sender's fingerprint, and ours; null until the step is recorded. */
  readonly there: string;
  readonly here: string | null;
}

/** waiting: in the queue of a full server. full: the server has no place, nor one in its queue; tried again. */
export type Connection = 'connecting' | 'live' | 'lost' | 'waiting' | 'full';

/** How an experiment is opened in place of the one that is open. */
export interface Opening {
  /** To show first; the start where it is left out. */
  readonly step?: number;
  /** The last record to make at once, beside those up to the step. */
  readonly until?: number;
  /** For each run, the number of the open experiment's run that it is, null or left out for a new one; by default by their numbers. */
  readonly from?: readonly (number | null)[];
  /** The experiment is one that the user goes back to, or forward to again. */
  readonly moment?: Moment;
}

/** Another experiment is open, or a changed one. */
export interface Replaced {
  readonly before: { readonly experiment: Experiment; readonly step: number; readonly last: number };
  /** The last step that was on screen, of what was recorded before. */
  readonly seen: number;
  readonly experiment: Experiment;
  /** As in `Opening`. */
  readonly from: readonly (number | null)[];
  readonly moment: Moment | null;
  /** The change is one edit, at this step; null for an open. */
  readonly step: number | null;
  /** Of the pointer; 0: none. */
  readonly gesture: number;
}

/** What a live experiment needs of the page. */
export interface Environment {
  /** Sends to the server; returns whether the connection took it. */
  send(text: string): boolean;
  /** Something changed: draw a frame. */
  changed(): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** The page is not visible. */
  hidden(): boolean;
  language(): 'en' | 'zh';
  /** Number of the gesture of the pointer that the user makes; 0: none. */
  gesture(): number;
  /** The user's change is made. */
  replaced(change: Replaced): void;
}

export interface Session {
  // --- reactive: read them in components and effects ---
  readonly catalog: Catalog | null;
  /** As the server completed it: every default filled in. null until the first one is open. */
  readonly experiment: Experiment | null;
  /** One a run: what makes its updates after its last edit. */
  readonly engines: readonly Engine[];
  /** null until the first one is open, and for a model of more than two parameters. */
  readonly scene: Scene | null;
  /** The tensors of the parameters, in their order. */
  readonly layers: readonly Layer[];
  readonly head: number;
  readonly last: number;
  readonly playing: boolean;
  /** Playing has stopped by itself where every run was at rest or had diverged. */
  readonly resting: boolean;
  /** Whether it stops there; remembered between visits. */
  readonly stopsAtRest: boolean;
  /** Steps a second; Infinity: as fast as the machine can. */
  readonly speed: number;
  readonly connection: Connection;
  /** In the queue of a full server, from 1; 0 outside of it. */
  readonly place: number;
  /** The records wait for a kernel that is being made, for a while already. */
  readonly compiling: boolean;
  readonly device: string;
  readonly torch: string;
  /** The last refusal, until something is accepted. */
  readonly fault: Fault | null;
  /** Of the link that was opened, until the experiment is changed. */
  readonly claim: Claim | null;
  readonly visible: readonly boolean[];
  /** The run whose step and sentence are shown. */
  readonly selected: number;
  /** What would come at the value that is being dragged; only of compiled runs. */
  readonly ghosts: readonly Ghost[];
  /** The mark of each run: the number of its colour and shape, which stays when other runs are added or removed. */
  readonly marks: readonly number[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the last change discarded of what was made or seen before; null: nothing, or no longer said. */
  readonly discarded: Discarded | null;

  // --- actions ---
  /**
   * Opens another experiment, by default at step 0. Records that it shares with the open one are kept. Returns false, sets
   * `fault` and changes nothing where the server refuses it.
   */
  open(experiment: Experiment, how?: Opening): Promise<boolean>;
  /**
   * Takes the last change back: the experiment, the step on screen and the records are those before it. Resolves when that
   * is open, or there was nothing to take back.
   */
  undo(): Promise<void>;
  /** Makes the change again that was taken back last. */
  redo(): Promise<void>;
  clearDiscarded(): void;
  /** Changes a run at the step on screen; later records are dropped. */
  edit(change: Change): void;
  /** While a value is dragged: shows what would come with these changes at the step on screen, one a run. None: let go. */
  preview(changes: readonly Change[]): void;
  /** How far ghosts should go: to the end of the charts' axis. */
  previewUpTo(step: number): void;
  /**
   * Adds a branch of run `change.run` at the step on screen, with the change (none for an empty `set`), and pauses.
   * Returns the number of the branch, the last run; null, with `fault` set and nothing changed, where it is refused.
   */
  fork(change: Change): Promise<number | null>;
  play(): void;
  pause(): void;
  setStopsAtRest(stops: boolean): void;
  /** Playing does not stop at rest before this step, until another experiment is opened. */
  playThrough(step: number): void;
  /** Nothing after this step is shown or recorded, and playing stops there; Infinity: there is no such step. */
  stopAt(step: number): void;
  /**
   * The head is from now on where another's is, as far as that is recorded; asked each frame while it moves, and when this is
   * called. null: it is the user's own again, and rests.
   */
  follow(lead: (() => Lead) | null): void;
  seek(step: number): void;
  /** Pauses and moves by some steps; beyond the recording, the server computes the missing ones. */
  stepBy(steps: number): void;
  setSpeed(stepsPerSecond: number): void;
  select(run: number): void;
  setVisible(run: number, visible: boolean): void;
  clearFault(): void;
  clearClaim(): void;
  /** The fingerprint of the records up to the step on screen; null where there are none. Equal hashes mean equal numbers. */
  fingerprint(): { readonly step: number; readonly hash: string } | null;
  surface(bounds: [number, number][], shape: number[]): Promise<Grid>;
  inspect(step: number, run: number): Promise<Inspected>;
  /** The problem's critical points within bounds: declared ones, and those that Newton's method finds from a grid. */
  points(bounds: [number, number][]): Promise<readonly CriticalPoint[]>;
  /** The data of the open experiment for its plot; rejects for a surface. */
  data(): Promise<DataPicture>;
  /** The outputs of a run's model at a step, whether or not a fit was recorded there. */
  fit(step: number, run: number): Promise<Fit>;
  /** Future learning rates up to a record; null: as far as each schedule needs to show its whole course. */
  rates(until: number | null): Promise<RatesAnswer>;
  /** A plane through the model's parameters, with the loss on it and the paths of runs up to a step. */
  plane(wanted: PlaneQuery): Promise<PlaneAnswer>;
  /** Backpropagation as a graph. Rejects with `Refused`, whose fault has the column of an expression's mistake. */
  graph(wanted: GraphQuery): Promise<GraphAnswer>;
  /** What each neuron of a run's net gives out at a step, and the net's parameters there. */
  neurons(step: number, run: number): Promise<NeuronsAnswer>;
  /** The gradient of a run at a step, checked by central differences. */
  check(step: number, run: number, delta: number): Promise<GradientCheckAnswer>;
  /** How far each run is from PyTorch, over the last steps up to a step. */
  checkEngine(step: number): Promise<readonly EngineCheck[]>;
  /** Whether a verdict's remedy is better than the run as it is: both are tried some hundred steps beyond a recorded step. */
  rehearse(remedy: Edit, step: number): Promise<Rehearsed>;
  /** Whether a run would do better on a scaled table: it is tried on both from its start. */
  tryScaling(run: number): Promise<ScalingTried>;
  /**
   * The pixels of a sweep, tile by tile, coarse to fine, without the first `after` tiles; resolves after the last one. A newer
   * one, another experiment and `cancelSweep` reject it with `Refused`, whose fault has no field then.
   */
  sweep(sweep: Sweep, after: number, each: (tile: Tile) => void): Promise<void>;
  cancelSweep(): void;

  // --- the hot path ---
  /** Calls `draw` at most once a display frame, when a field of the DrawState has changed. Returns a function that stops. */
  onFrame(draw: (frame: DrawState) => void): () => void;
}

/** What a change discarded. Steps that other runs repeat as they were are not counted. */
export interface Discarded {
  readonly before: Experiment;
  /** The change was made at this step. */
  readonly step: number;
  /** Steps after it were seen up to this one, and are computed again; null: none were. */
  readonly seen: number | null;
  /** Later edits that are gone, by the run's number before, in their order. */
  readonly edits: readonly Edit[];
  /** Runs whose records or edits are gone, by their numbers before. */
  readonly runs: readonly number[];
}

/** What a component that shows or changes the open experiment is given. */
export type ExperimentProps = { session: Session; catalog: Catalog; experiment: Experiment };
