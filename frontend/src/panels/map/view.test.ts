import { describe, expect, it } from 'vitest';
import { CATALOG } from '../../core/experiment/catalog.testing';
import type { Experiment, Run } from '../../core/protocol/wire';
import { edgeRate, experimentAt, firstAxes, numberOf, presetsOf, subjectOf, sweepOf } from './view';

const BOUNDS: [number, number][] = [[-4, 4], [-3, 3]];
const SGD: Run = { optimizer: { id: 'sgd', lr: 0.15, momentum: 0.5 }, start: [-2.5, 2.5] };
const ADAM: Run = { optimizer: { id: 'adam', lr: 0.05, betas: [0.9, 0.999] }, start: [-2.5, 2.5] };
const RAVINE: Experiment = {
  version: 1, engine: 'compiled', problem: { kind: 'surface', id: 'ravine', params: {} }, runs: [SGD, ADAM],
  edits: [{ step: 3, run: 0, set: { lr: 0.2 } }, { step: 5, run: 1, set: { lr: 0.2 } }],
};

const rates = (run: Run) => firstAxes(CATALOG, RAVINE, run, 'rates', BOUNDS);

describe('the presets', () => {
  it('are rates by momentum, or by the first beta', () => {
    expect(rates(SGD).map(({ set }) => set)).toEqual(['runs[0].optimizer.lr', 'runs[0].optimizer.momentum']);
    expect(rates(ADAM)[1]).toMatchObject({ set: 'runs[0].optimizer.betas[0]', low: 0, high: 0.99 });
    expect(rates(SGD)[0]).toMatchObject({ scale: 'log', low: expect.closeTo(0.0015), high: expect.closeTo(4.5) });
  });

  it('leave Nesterov some momentum', () => {
    expect(rates({ ...SGD, optimizer: { ...SGD.optimizer, nesterov: true } })[1].low).toBe(0.01);
  });

  it('have starts in the problem’s view, of two parameters', () => {
    expect(firstAxes(CATALOG, RAVINE, SGD, 'starts', BOUNDS)).toMatchObject([
      { set: 'runs[0].start[0]', low: -4, high: 4 }, { set: 'runs[0].start[1]', low: -3, high: 3 },
    ]);
    expect(presetsOf(SGD, BOUNDS)).toEqual(['rates', 'starts']);
    expect(presetsOf(SGD, BOUNDS.slice(1))).toEqual(['rates']);
  });
});

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

  it('is where the run on the stage has its numbers', () => {
    expect(rates(ADAM).map((axis) => numberOf(RAVINE, 1, axis))).toEqual([0.05, 0.9]);
    expect(numberOf(RAVINE, 0, { set: 'runs[0].start[1]' })).toBe(2.5);
    expect(numberOf(RAVINE, 0, { set: 'runs[0].optimizer.betas[0]' })).toBeNull();
  });
});

describe('the edge of divergence', () => {
  it('is 2(1 + momentum) over the curvature and the weight decay', () => {
    expect(edgeRate(SGD, 20)?.(0)).toBeCloseTo(0.1);
    expect(edgeRate(SGD, 20)?.(0.9)).toBeCloseTo(0.19);
    expect(edgeRate({ ...SGD, optimizer: { ...SGD.optimizer, weight_decay: 5 } }, 20)?.(0)).toBeCloseTo(0.08);
  });

  it('is known of plain momentum on a quadratic alone', () => {
    expect(edgeRate(SGD, null)).toBeNull();
    expect(edgeRate(ADAM, 20)).toBeNull();
    for (const other of [{ nesterov: true }, { dampening: 0.5 }, { maximize: true }]) {
      expect(edgeRate({ ...SGD, optimizer: { ...SGD.optimizer, ...other } }, 20)).toBeNull();
    }
  });
});
