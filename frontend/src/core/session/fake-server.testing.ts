/**
 * A server for tests: keeps to the protocol, makes records whose numbers follow from the experiment, and answers only
 * when it is told to, so that a test decides what is under way at any moment.
 */
import { hyperparametersAt } from '../experiment/hyperparameters';
import type { Command, Edit, Engine, EventOf, Experiment, NdArray, Schemas, ServerEvent } from '../protocol/wire';

const DIVERGED = 2;

export function experimentOf(lr = 0.1, runs = 1): Experiment {
  return {
    version: 1,
    problem: { kind: 'surface', id: 'ravine', params: {} },
    runs: Array.from({ length: runs }, () => ({ optimizer: { id: 'sgd', lr }, start: [1] })),
    edits: [],
  };
}

export class FakeServer {
  /** Everything that was ever received. */
  readonly received: Command[] = [];
  /** The link that the client has is up. */
  up = true;
  /** Step at which every run diverges, unless its rate is below 1. */
  divergence = 20;
  maxSteps = 100_000;
  /** Opens wait in the queue, until `admit`. */
  full = false;
  private queued: Extract<Command, { op: 'open' }> | null = null;
  /** What to refuse the next open with. */
  refusal: Partial<EventOf<'error'>> | null = null;
  private readonly unanswered: Command[] = [];
  private experiment: Experiment | null = null;
  private revision = 0;
  private granted = -1;
  private sent = -1;

  constructor(private readonly tell: (event: ServerEvent) => void) {}

  send(text: string): boolean {
    if (!this.up) return false;
    const command = JSON.parse(text) as Command;
    this.received.push(command);
    this.unanswered.push(command);
    return true;
  }

  /** The connection is gone, and all that the server knew of the client with it. */
  forget(): void {
    this.unanswered.length = 0;
    this.queued = null;
    this.experiment = null;
    this.granted = -1;
  }

  ops(): string[] {
    return this.received.map((command) => command.op);
  }

  of<Op extends Command['op']>(op: Op): Extract<Command, { op: Op }>[] {
    return this.received.filter((command): command is Extract<Command, { op: Op }> => command.op === op);
  }

  /** Answers all commands that are there, in order; what comes in meanwhile too. */
  answer(): void {
    for (let command = this.unanswered.shift(); command; command = this.unanswered.shift()) this.carryOut(command);
  }

  /** Sends the records that are granted, `most` of them. */
  work(most = Infinity): void {
    const last = Math.min(this.granted, this.end(), this.sent + most);
    if (!this.experiment || last <= this.sent) return;
    const first = this.sent + 1;
    this.sent = last;
    this.tell(this.chunk(first, last));
  }

  /** Answers and sends until there is nothing more to do. */
  settle(): void {
    this.answer();
    this.work();
    this.answer();
  }

  /** A chunk of the experiment that is open. */
  chunk(first: number, last: number, revision = this.revision): EventOf<'chunk'> {
    const experiment = this.experiment ?? experimentOf();
    const runs = experiment.runs.map((_, run) => records(experiment, run, first, last, this.divergence));
    return { op: 'chunk', revision, first, last, stopped: last >= this.end(), runs };
  }

  error(id: number, given: Partial<EventOf<'error'>>): void {
    this.tell({ op: 'error', code: 'invalid', message: 'no', field: null, step: null, column: null, ...given, id });
  }

  private end(): number {
    const diverges = this.experiment?.runs.every((run) => Number(run.optimizer['lr']) >= 1);
    return diverges && !this.experiment?.edits?.length ? this.divergence : Infinity;
  }

  private carryOut(command: Command): void {
    const id = command.id ?? 0;
    switch (command.op) {
      case 'open':
        if (this.refusal) {
          this.error(id, this.refusal);
          this.refusal = null;
          return;
        }
        if (this.full && !this.experiment) {
          if (this.queued) this.error(this.queued.id ?? 0, { code: 'limit', message: 'cancelled by a later request' });
          this.queued = command;
          this.tell({ op: 'waiting', id, place: 3 });
          return;
        }
        return this.open(command);
      case 'advance':
        if (!this.experiment) return this.error(id, { code: 'no_experiment' });
        this.granted = Math.min(command.until, this.maxSteps);
        if (command.until > this.maxSteps) this.error(id, { code: 'limit', field: 'until' });
        return;
      case 'edit':
        return this.edit(id, command.edit);
      case 'fork':
        return this.fork(id, command.edit);
      case 'surface':
        if (!this.experiment) return this.error(id, { code: 'no_experiment' });
        this.tell({ op: 'surface', id, bounds: [[0, 1]], z: reals([1, NaN, Infinity]) });
        return;
      case 'preview': {
        const steps = { dtype: '<i4', shape: [1], values: Int32Array.of(command.edit.step) } as const;
        const one = reals([1]);
        const arrays = { steps, loss: one, grad_norm: one, params: { ...one, shape: [1, 1] }, diverged: false };
        this.tell({ op: 'preview', id, run: command.edit.run, step: command.edit.step, arrays });
        return;
      }
      case 'inspect':
        if (!this.experiment) return this.error(id, { code: 'no_experiment' });
        return this.error(id, { field: 'step', message: 'not reached' });
      case 'close':
        this.tell({ op: 'closed', id });
    }
  }

  /** The queue moves on. */
  moveUp(place: number): void {
    this.tell({ op: 'waiting', id: this.queued?.id ?? 0, place });
  }

  /** The one that waits gets its place. */
  admit(): void {
    const command = this.queued;
    this.queued = null;
    this.full = false;
    if (command) this.open(command);
  }

  /** Lets go of the open experiment. told: the client hears of it. */
  release(told = true): void {
    this.experiment = null;
    this.granted = -1;
    if (told) this.tell({ op: 'released' });
  }

  private open(command: Extract<Command, { op: 'open' }>): void {
    this.experiment = command.experiment;
    this.granted = -1;
    this.sent = command.after ?? -1;
    this.revision += 1;
    this.tell({ op: 'opened', id: command.id ?? 0, revision: this.revision, experiment: this.experiment, engines: enginesOf(this.experiment), scene: SCENE, layers: [], device: 'cpu', torch: '2.13.0', max_steps: this.maxSteps });
  }

  private fork(id: number, edit: Edit): void {
    if (!this.experiment) return this.error(id, { code: 'no_experiment' });
    const { runs, edits = [] } = this.experiment;
    const parent = runs[edit.run];
    if (!parent || runs.length >= 8) return this.error(id, { code: 'limit', field: 'runs', message: 'at most 8 runs' });
    const run = runs.length;
    const copies = edits.filter((one) => one.run === edit.run && one.step <= edit.step).map((one) => ({ ...one, run }));
    const change = Object.keys(edit.set ?? { some: 1 }).length > 0 ? [{ ...edit, run }] : [];
    const fork = { run: edit.run, step: edit.step };
    this.experiment = { ...this.experiment, runs: [...runs, { ...parent, fork }], edits: [...edits, ...copies, ...change] };
    this.revision += 1;
    this.sent = edit.step;
    this.tell({ op: 'forked', id, revision: this.revision, step: edit.step, experiment: this.experiment, engines: enginesOf(this.experiment) });
  }

  private edit(id: number, edit: Edit): void {
    if (!this.experiment) return this.error(id, { code: 'no_experiment' });
    if (Number(edit.set?.['lr']) < 0) return this.error(id, { field: 'edit.set.lr', message: 'must be 0 or more' });
    this.experiment = { ...this.experiment, edits: [...(this.experiment.edits ?? []), edit] };
    this.revision += 1;
    this.sent = edit.step;
    this.tell({ op: 'edited', id, revision: this.revision, step: edit.step, experiment: this.experiment, engines: enginesOf(this.experiment) });
  }
}

/** As the server's, where only L-BFGS has no kernel. */
function enginesOf(experiment: Experiment): Engine[] {
  return experiment.runs.map((_, run) =>
    hyperparametersAt(experiment, run, Infinity).id === 'lbfgs' ? 'eager' : (experiment.engine ?? 'eager'),
  );
}

export const SCENE: Schemas['Scene'] = {
  dim: 1, names: ['x'], formula: 'x^2', bounds: [[-1, 1]], log_height: false, bounded: true, points: [],
};

/** The loss of record k is k plus the learning rate of the update that led there, so each number says whose it is. */
export function lossOf(experiment: Experiment, run: number, k: number): number {
  return k === 0 ? 0 : k + Number(hyperparametersAt(experiment, run, k - 1)['lr']);
}

function records(experiment: Experiment, run: number, first: number, last: number, divergence: number) {
  const steps = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const zeros = reals(steps.map(() => 0));
  const diverged = (k: number) => (k === divergence && Number(hyperparametersAt(experiment, run, k - 1)['lr']) >= 1 ? DIVERGED : 0);
  return {
    run, first, loss: reals(steps.map((k) => lossOf(experiment, run, k))), params: zeros, grad: zeros, grad_norm: zeros,
    update: zeros, lr: zeros, state: {}, eigenvalues: zeros, eigenvectors: zeros, rate_zones: reals(steps.flatMap(() => [0, 0])),
    status: bytes(steps.map(diverged)),
    critical: bytes(steps.map(() => 0)),
    verdicts: [], frames: null, measures: null,
  };
}

function reals(values: number[]): NdArray {
  return { dtype: '<f8', shape: [values.length], values: new Float64Array(values) };
}

function bytes(values: number[]): NdArray {
  return { dtype: '|u1', shape: [values.length], values: new Uint8Array(values) };
}
