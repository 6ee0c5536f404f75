/**
 * What would come at a value that is being dragged: asked of the server from the step on screen on, one question at a time,
 * always about the latest value.
 */
import type { Edit, EventOf, Experiment } from '../protocol/wire';
import type { Change, Ghost } from './types';

/** Steps ahead, at least. */
const AHEAD = 200;

type Answer = EventOf<'preview'>;

/** What an answer is about. */
interface Question {
  readonly change: Change;
  readonly experiment: Experiment;
  readonly step: number;
  readonly until: number;
}

export class Previews {
  /** The latest answer of each run; none once the value is let go. */
  ghosts: readonly Ghost[] = [];
  /** The views have room up to this step. */
  room = 0;

  /** One a run. */
  private changes: readonly Change[] = [];
  /** By run: the last question. */
  private asked = new Map<number, Question>();
  /** What the drag is about: another problem, or other runs, end it. */
  private subject = '';
  /** The question that waits for its answer. */
  private pending: Question | null = null;

  constructor(private readonly ask: (edit: Edit, until: number) => Promise<Answer>) {}

  /** An answer is awaited. */
  get busy(): boolean {
    return this.pending !== null;
  }

  /** A value is being dragged. */
  get wanted(): boolean {
    return this.changes.length > 0;
  }

  /** The changes that would be made at the step on screen, one a run; none: the value is let go. */
  want(changes: readonly Change[]): void {
    this.changes = changes;
    if (changes.length > 0) return;
    this.ghosts = [];
    this.subject = '';
    this.forget();
  }

  /** The open experiment and the step on screen: asks about what has changed. */
  update(experiment: Experiment, step: number): void {
    if (this.changes.length === 0 || experiment.engine !== 'compiled') return;
    const subject = subjectOf(experiment);
    if (this.subject !== '' && subject !== this.subject) return this.want([]);
    this.subject = subject;
    if (this.pending) return;
    const until = Math.max(step + AHEAD, this.room);
    for (const change of this.inTurn()) {
      const question = { change, experiment, step, until };
      if (!same(this.asked.get(change.run), question)) return void this.put(question);
    }
  }

  /** The connection is gone: asks again on the next one. */
  lost(): void {
    this.forget();
  }

  /** The change asked about longest ago comes first. */
  private inTurn(): readonly Change[] {
    const order = [...this.asked.keys()];
    return [...this.changes].sort((a, b) => order.indexOf(a.run) - order.indexOf(b.run));
  }

  private async put(question: Question): Promise<void> {
    const { change, step, until } = question;
    this.asked.delete(change.run); // so that it comes last in the order
    this.asked.set(change.run, question);
    this.pending = question;
    const answer = await this.ask({ step, ...change }, until).catch(() => null); // overtaken, refused, or not reached yet
    if (this.pending !== question) return; // let go meanwhile
    this.pending = null;
    if (answer === null) return; // the last ghost stays until the next answer
    const others = this.ghosts.filter(({ run }) => run !== answer.run);
    const ghost = ghostOf(answer);
    this.ghosts = ghost ? [...others, ghost] : others;
  }

  private forget(): void {
    this.pending = null;
    this.asked.clear();
  }
}

function same(before: Question | undefined, now: Question): boolean {
  return (
    before !== undefined && before.change === now.change && before.experiment === now.experiment && before.step === now.step && before.until === now.until
  );
}

function subjectOf({ problem, seed, dtype, runs }: Experiment): string {
  return JSON.stringify([problem, seed, dtype, runs.map(({ optimizer }) => optimizer.id)]);
}

function ghostOf({ run, arrays }: Answer): Ghost | null {
  if (!arrays) return null;
  const { steps, loss, grad_norm, params, diverged } = arrays;
  return {
    run, diverged, steps: steps.values, loss: loss.values, gradNorm: grad_norm.values, dim: params.shape[1] ?? 0, params: params.values,
  };
}
