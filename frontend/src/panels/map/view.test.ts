import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../core/experiment/catalog.testing';
import type { Engine, Experiment, Run, Scene } from '../../core/protocol/wire';
import { fieldsOf } from './fields';
import { experimentAt, fieldOfFault, measuresOf, numberOf, subjectOf, sweepOf as sweepKept, withView, type FieldAxes } from './view';

const SCENE = { dim: 2, names: ['x', 'y'], bounds: [[-4, 4], [-3, 3]] } as unknown as Scene;
const SGD: Run = { optimizer: { id: 'sgd', lr: 0.15, momentum: 0.5 }, start: [-2.5, 2.5] };
const ADAM: Run = { optimizer: { id: 'adam', lr: 0.05, betas: [0.9, 0.999] }, start: [-2.5, 2.5] };
const RAVINE: Experiment = {
  version: 1, engine: 'compiled', problem: { kind: 'surface', id: 'ravine', params: {} }, runs: [SGD, ADAM],
  edits: [{ step: 3, run: 0, set: { lr: 0.2 } }, { step: 5, run: 1, set: { lr: 0.2 } }],
};

const axesOf = (run: Run, ...sets: string[]): FieldAxes =>
  sets.map((set) => fieldsOf(CATALOG, RAVINE, run, SCENE).find((field) => field.set === set)) as unknown as FieldAxes;
const rates = (run: Run) => axesOf(run, 'runs[0].optimizer.lr', run === ADAM ? 'runs[0].optimizer.betas[0]' : 'runs[0].optimizer.momentum');
const sweepOf = (experiment: Experiment, run: number, axes: FieldAxes, engine: Engine) => sweepKept(experiment, run, axes, engine, { measure: 'outcome', loss: 1 });

describe('the sweep', () => {
  it('has the run alone, without what was changed on the way', () => {
    const { experiment, axes, measure } = sweepOf(RAVINE, 1, rates(ADAM), 'compiled');
    expect(experiment.runs).toEqual([{ ...ADAM, optimizer: { id: 'adam', lr: 0.0005, betas: [0, 0.999] } }]);
    expect(experiment.edits).toEqual([]);
    expect(axes.map(({ count }) => count)).toEqual([160, 160]);
    expect(measure).toBe('outcome');
  });

  it('is the same whichever of its pixels is on the stage', () => {
    const axes = rates(SGD);
    const sweep = sweepOf(RAVINE, 0, axes, 'compiled');
    expect(sweepOf(experimentAt(RAVINE, 0, sweep, [0.02, 0.8]), 0, axes, 'compiled')).toEqual(sweep);
  });

  it('keeps what is asked for, and names a loss only for the steps to it', () => {
    const kept = (measure: 'distance' | 'steps_to_loss') => sweepKept(RAVINE, 0, rates(SGD), 'compiled', { measure, loss: 0.1 });
    expect(kept('steps_to_loss')).toMatchObject({ measure: 'steps_to_loss', loss: 0.1 });
    expect(kept('distance')).not.toHaveProperty('loss');
    expect(measuresOf(RAVINE, SCENE)).toEqual(['outcome', 'final_loss', 'steps_to_loss', 'distance']);
  });

  it('has its faults at an axis where they are of the number at its low end', () => {
    const [across, up] = rates(SGD);
    expect(fieldOfFault(`sweep.experiment.${up.set}`, [across, up])).toBe('sweep.axes[1].low');
    for (const other of ['sweep.axes[0].high', 'sweep.experiment.engine']) expect(fieldOfFault(other, [across, up])).toBe(other);
  });

  it('has fewer values of what changes the problem, and as many whole numbers as there are', () => {
    const seed = { ...rates(SGD)[1], set: 'seed', whole: true, low: 0.2, high: 7.1 };
    const kappa = { ...seed, set: 'problem.params.kappa', whole: false, low: 1, high: 100 };
    expect(sweepOf(RAVINE, 0, [rates(SGD)[0], kappa], 'compiled').axes.map(({ count }) => count)).toEqual([160, 24]);
    const { axes, experiment } = sweepOf(RAVINE, 0, [rates(SGD)[0], seed], 'compiled');
    expect([axes[1]?.count, experiment.seed]).toEqual([8, 0]);
  });

  it('is smaller where each run takes longer', () => {
    const axes = rates(SGD);
    const [eager] = sweepOf(RAVINE, 0, axes, 'eager').axes;
    const scheduled = { ...RAVINE, runs: [{ ...SGD, schedule: { id: 'step' } }] } as Experiment;
    const [single] = sweepOf(scheduled, 0, axes, 'compiled').axes;
    expect([eager?.count, single?.count]).toEqual([24, 40]);
    const lbfgs = { ...RAVINE, runs: [{ ...SGD, optimizer: { id: 'lbfgs', lr: 1 } }] } as Experiment;
    expect(sweepOf(lbfgs, 0, axes, 'eager').axes[0]?.count).toBe(16);
    const exchanged = { ...RAVINE, edits: [{ step: 5, run: 0, optimizer: { id: 'lbfgs', lr: 1 } }] } as Experiment;
    expect(sweepOf(exchanged, 0, axes, 'compiled').axes[0]?.count).toBe(24); // the engine is that of the last one
  });

  it('is about the same runs in every part of a map, and of no other problem or optimizer', () => {
    const [across, up] = rates(SGD);
    const subject = subjectOf(sweepOf(RAVINE, 0, [across, up], 'compiled'));
    expect(subjectOf(sweepOf(RAVINE, 0, [{ ...across, low: 0.1, high: 0.2 }, up], 'compiled'))).toBe(subject);
    const steeper = { ...RAVINE, problem: { kind: 'surface', id: 'ravine', params: { kappa: 50 } } } as Experiment;
    const decaying = { ...RAVINE, runs: [{ ...SGD, optimizer: { ...SGD.optimizer, weight_decay: 0.1 } }, ADAM] } as Experiment;
    for (const other of [steeper, decaying]) expect(subjectOf(sweepOf(other, 0, [across, up], 'compiled'))).not.toBe(subject);
  });
});

describe('a pixel', () => {
  it('is the run with its numbers in place of the one on the stage', () => {
    const sweep = sweepOf(RAVINE, 1, rates(ADAM), 'compiled');
    const { runs, edits } = experimentAt(RAVINE, 1, sweep, [0.02, 0.8]);
    expect(runs).toEqual([SGD, { ...ADAM, optimizer: { id: 'adam', lr: 0.02, betas: [0.8, 0.999] } }]);
    expect(edits).toEqual([{ step: 3, run: 0, set: { lr: 0.2 } }]);
  });

  it('of another problem changes it for all runs, whose edits are gone', () => {
    const axes = [rates(ADAM)[0], { ...rates(ADAM)[1], set: 'problem.params.kappa' }] as unknown as FieldAxes;
    const changed = experimentAt(RAVINE, 1, sweepOf(RAVINE, 1, axes, 'compiled'), [0.02, 30]);
    expect(changed).toMatchObject({ problem: { params: { kappa: 30 } }, edits: [], runs: [SGD, { optimizer: { lr: 0.02 } }] });
  });

  it('of another initial scale draws its start from a normal distribution', () => {
    const net = { ...RAVINE, runs: [{ optimizer: SGD.optimizer, start: { init: 'xavier', draw: 2 } }] } as Experiment;
    const axes = [rates(SGD)[0], { ...rates(SGD)[1], set: 'runs[0].start.std' }] as unknown as FieldAxes;
    expect(experimentAt(net, 0, sweepOf(net, 0, axes, 'compiled'), [0.02, 0.5]).runs[0]?.start).toEqual({ init: 'normal', draw: 2, std: 0.5 });
    expect(numberOf(net, 0, { set: 'runs[0].start.std' })).toBeNull();
  });

  it('is where the run on the stage has its numbers', () => {
    expect(rates(ADAM).map((axis) => numberOf(RAVINE, 1, axis))).toEqual([0.05, 0.9]);
    expect(numberOf(RAVINE, 0, { set: 'runs[0].start[1]' })).toBe(2.5);
    expect(withView(rates(ADAM), [[0.1, 0.2], [0.3, 0.4]]).map(({ low, high }) => [low, high])).toEqual([[0.1, 0.2], [0.3, 0.4]]);
    expect(numberOf(RAVINE, 0, { set: 'runs[0].optimizer.betas[0]' })).toBeNull();
  });
});
