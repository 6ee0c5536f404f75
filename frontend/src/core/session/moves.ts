/** The runs' moves by edits. Where a run is put follows from the edit; loss and gradient there are asked for. */
import type { Move } from '../player/move';
import type { Recording } from '../player/track';
import type { Edit, Experiment, Inspected } from '../protocol/wire';

/** Milliseconds after which a question that failed is asked again. */
const RETRY = 500;
/** So many answers are kept. */
const KEPT = 256;

type Answer = NonNullable<Inspected['moved']>;

export class Moves {
  /** The same array while they are the same. */
  now: readonly Move[] = [];
  private experiment: Experiment | null = null;
  private readonly known = new Map<string, Answer>();
  private readonly asking = new Map<string, number>();

  /** inspect: asks the server. changed: called when an answer has come. now: milliseconds. */
  constructor(
    private readonly inspect: (step: number, run: number) => Promise<Inspected>,
    private readonly changed: () => void,
    private readonly clock: () => number,
  ) {}

  /** Call once a frame; returns `now`. */
  update(experiment: Experiment, recording: Recording): readonly Move[] {
    if (experiment !== this.experiment) {
      this.experiment = experiment;
      this.read(experiment);
    }
    for (const { run, step, loss: [loss] } of this.now) {
      const track = recording.tracks[run];
      if (loss !== loss && track && step < track.length && track.divergedAt !== step) this.ask(experiment, run, step);
    }
    return this.now;
  }

  private ask(experiment: Experiment, run: number, step: number): void {
    const key = keyOf(experiment, run, step);
    if (this.known.has(key) || this.clock() < (this.asking.get(key) ?? -Infinity)) return;
    this.asking.set(key, Infinity);
    this.inspect(step, run).then(
      ({ moved }) => {
        this.asking.delete(key);
        if (!moved || !sameParams(moved, paramsOf(experiment, run, step))) return;
        if (this.known.size >= KEPT) this.known.clear();
        this.known.set(key, moved);
        if (this.experiment) this.read(this.experiment);
        this.changed();
      },
      () => {
        this.asking.set(key, this.clock() + RETRY);
        setTimeout(this.changed, RETRY);
      },
    );
  }

  private read(experiment: Experiment): void {
    const moved = (experiment.edits ?? []).filter((edit, n, edits) => edit.params && !edits.slice(n + 1).some((later) => later.params && same(later, edit)));
    if (moved.length === 0 && this.now.length === 0) return;
    this.now = moved.map(({ run, step, params }) => {
      const answer = this.known.get(keyOf(experiment, run, step));
      const place = params as readonly number[];
      return {
        run, step, dim: place.length, params: place,
        loss: [answer ? Number(answer.loss) : Number.NaN],
        grad: answer ? answer.grad.map(Number) : place.map(() => Number.NaN),
        gradNorm: answer ? Number(answer.grad_norm) : Number.NaN,
      };
    });
  }
}

function same(one: Edit, other: Edit): boolean {
  return one.run === other.run && one.step === other.step;
}

function paramsOf(experiment: Experiment, run: number, step: number): readonly number[] {
  return experiment.edits?.findLast((edit) => edit.params && same(edit, { run, step }))?.params ?? [];
}

/** The answer may be of another edit that was made meanwhile. A float32 is not exactly the number that was sent. */
function sameParams({ params }: Answer, sent: readonly number[]): boolean {
  return params.length === sent.length && params.every((value, n) => Math.abs(Number(value) - (sent[n] as number)) <= 1e-6 * Math.abs(sent[n] as number));
}

/** What the loss at a place follows from: with batches also the step, with gradients that add up all before. */
function keyOf({ problem, seed, dtype, engine, runs, edits = [] }: Experiment, run: number, step: number): string {
  return JSON.stringify([problem, seed, dtype, engine, runs[run], step, edits.filter((edit) => edit.run === run && edit.step <= step)]);
}
