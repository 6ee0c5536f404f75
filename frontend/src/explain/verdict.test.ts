import { describe, expect, it } from 'vitest';
import type { CriticalPoint } from '../session/types';
import { descent, frameOf, type Row } from './testing';
import { verdict } from './verdict';

const saddlePoint: CriticalPoint = { kind: 'saddle', at: [0, 0], value: 0 };

describe('diverged', () => {
  it('names the rate, the limit, the direction and a rate that would be stable', () => {
    const found = verdict(frameOf({ rows: descent(1, 10, 0.25, [-2.5, 2.5], 400), optimizer: { id: 'sgd', lr: 0.25 } }));
    expect(found).toMatchObject({ code: 'diverged_rate', from: 0, limit: 2, momentum: 0, direction: [0, 1], use: 0.18 });
    expect(found).toHaveProperty('product', 2.5);
    expect(found).toHaveProperty('largest', 0.2);
  });

  it('mends it at the last step that the picture shows', () => {
    const rows = descent(1, 10, 0.25, [-2.5, 2.5], 400);
    const found = verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.25 } }));
    expect(found).toHaveProperty('at', 1); // y: 2.5, -3.75, 5.6 …
  });

  it('says nothing before the step at which it happened', () => {
    const rows = descent(1, 10, 0.25, [-2.5, 2.5], 400);
    const last = rows.length - 1;
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.25 }, head: last }))?.code).toBe('diverged_rate');
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.25 }, head: last - 1 }))?.code).toBe('overshoots');
  });

  it('begins the stretch at the edit that raised the rate', () => {
    const calm = descent(1, 10, 0.05, [-2.5, 2.5], 20);
    const [x = 0, y = 0] = calm[20]?.params ?? [];
    const rows = [...calm.slice(0, 20), ...descent(1, 10, 0.3, [x, y], 200)];
    const edits = [{ step: 20, run: 0, set: { lr: 0.3 }, optimizer: null, params: null }];
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.05 }, edits }))).toMatchObject({ code: 'diverged_rate', from: 20, product: 3 });
  });

  it('gives momentum its higher limit', () => {
    const optimizer = { id: 'sgd', lr: 0.4, momentum: 0.9 };
    const found = verdict(frameOf({ rows: descent(1, 10, 0.4, [-2.5, 2.5], 400, 0.9), optimizer }));
    expect(found).toMatchObject({ code: 'diverged_rate', limit: 3.8, momentum: 0.9, use: 0.34 });
  });

  it('mends a curvature that grows where it began', () => {
    const rows: Row[] = [1, 10, 100, 1000].map((scale) => ({ params: [scale, 0], loss: scale, eigenvalues: [0, 30 * scale] }));
    rows.push({ params: [1e9, 0], loss: Infinity, status: 'diverged' });
    expect(verdict(frameOf({ rows }))).toMatchObject({ code: 'diverged_rate', from: 0, at: 0, product: 3 });
  });

  it('knows no limit of an adaptive optimizer', () => {
    const found = verdict(frameOf({ rows: descent(1, 10, 0.25, [1, 1], 400), optimizer: { id: 'adam', lr: 0.25 } }));
    expect(found).toMatchObject({ code: 'diverged_other', adaptive: true });
  });

  it('does not blame a rate below the limit', () => {
    const rows: Row[] = [{ params: [1, 1], loss: 3, eigenvalues: [1, 19.9] }, { params: [1, 1], loss: Number.NaN, status: 'diverged' }];
    expect(verdict(frameOf({ rows }))).toMatchObject({ code: 'diverged_other', adaptive: false, step: 1, last: 3 });
  });

  it('knows a fall for ever by its end, though nobody declared that the surface has no bottom', () => {
    const end = (loss: number): Row[] => [{ params: [1, 9], loss: -3, eigenvalues: [-2, 2] }, { params: [1, 1e30], loss, status: 'diverged' }];
    expect(verdict(frameOf({ rows: end(-Infinity) }))?.code).toBe('diverged_falls');
    expect(verdict(frameOf({ rows: end(Infinity) }))?.code).toBe('diverged_other');
  });

  it('blames no rate where the surface has no bottom', () => {
    const rows = descent(-1, 1, 0.5, [0.1, 1], 400);
    expect(verdict(frameOf({ rows, bounded: false, optimizer: { id: 'sgd', lr: 0.5 } }))?.code).toBe('diverged_falls');
    // Up the wall of the same surface it is the rate all the same.
    const up = descent(0, 10, 0.3, [0, 1], 400);
    expect(verdict(frameOf({ rows: up, bounded: false, optimizer: { id: 'sgd', lr: 0.3 } }))?.code).toBe('diverged_rate');
  });

  it('tells a momentum of 1 and climbing apart', () => {
    const rows = descent(1, 10, 0.25, [1, 1], 400);
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.1, momentum: 1 } }))?.code).toBe('diverged_momentum');
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.1, momentum: 0.99 } }))?.code).not.toBe('diverged_momentum');
    expect(verdict(frameOf({ rows, optimizer: { id: 'adam', lr: 0.1, maximize: true } }))?.code).toBe('diverged_climbs');
  });

  it('has no last finite loss where the start is not finite', () => {
    const rows: Row[] = [{ params: [0, 0], loss: Number.NaN, status: 'diverged' }];
    expect(verdict(frameOf({ rows }))).toMatchObject({ code: 'diverged_other', last: null, step: 0 });
  });
});

describe('overshoots', () => {
  it('is named while it happens, and not just below the limit', () => {
    const over = frameOf({ rows: descent(1, 10, 0.201, [0, 1], 30), optimizer: { id: 'sgd', lr: 0.201 } });
    expect(verdict(over)).toMatchObject({ code: 'overshoots', from: 0, use: 0.18 });
    const under = frameOf({ rows: descent(1, 10, 0.199, [0, 1], 30), optimizer: { id: 'sgd', lr: 0.199 } });
    expect(verdict(under)?.code).toBe('looking');
  });

  it('waits for the loss to be higher than where it began', () => {
    const rows = descent(1, 10, 0.25, [3, 1e-6], 4); // still gaining along x
    expect(verdict(frameOf({ rows, optimizer: { id: 'sgd', lr: 0.25 } }))?.code).toBe('looking');
  });
});

describe('converged', () => {
  const rows: Row[] = [
    { params: [1, 0], loss: 1 },
    { params: [0.001, 0], loss: 1e-6, status: 'converged', critical: 'minimum' },
    { params: [0.0001, 0], loss: 1e-8, status: 'converged', critical: 'minimum' },
  ];

  it('says where, since when and at which loss', () => {
    const points: CriticalPoint[] = [{ kind: 'minimum', at: [0, 0], value: 0 }];
    expect(verdict(frameOf({ rows, points }))).toEqual({ code: 'converged', step: 1, at: [0, 0], loss: 1e-8, lowest: null });
    expect(verdict(frameOf({ rows, points, head: 0 }))?.code).toBe('looking');
  });

  it('names a lower minimum elsewhere, and a place of its own where none is declared', () => {
    const points: CriticalPoint[] = [{ kind: 'minimum', at: [3, 3], value: -1 }];
    expect(verdict(frameOf({ rows, points }))).toMatchObject({ at: [0.0001, 0], lowest: { at: [3, 3], value: -1 } });
  });
});

describe('falls', () => {
  const rows: Row[] = [0, 2, 4.5].map((y) => ({ params: [0, y], loss: -y * y, eigenvalues: [-1, 1] }));

  it('is said outside the picture of a surface without a bottom', () => {
    expect(verdict(frameOf({ rows, bounded: false }))).toEqual({ code: 'falls', loss: -20.25 });
    expect(verdict(frameOf({ rows, bounded: true }))?.code).toBe('looking');
    expect(verdict(frameOf({ rows, bounded: false, head: 1 }))?.code).toBe('looking');
  });
});

describe('near a critical point', () => {
  /** On x²/2 - y²/2. */
  const onSaddle = (x: number, y: number): Row => ({
    params: [x, y],
    grad: [x, -y],
    eigenvalues: [-1, 1],
    eigenvectors: [
      [0, 1],
      [1, 0],
    ],
    critical: 'saddle',
  });

  it('names the saddle, the way down and how long plain descent takes', () => {
    const found = verdict(frameOf({ rows: [onSaddle(0.2, 0.001)], points: [saddlePoint] }));
    // Away is 5 % of the diagonal of 8 √2: 0.566, that is 566 times as far, at 1.1 a step.
    expect(found).toEqual({
      code: 'near',
      kind: 'saddle',
      at: [0, 0],
      eigenvalues: [-1, 1],
      downhill: [0, 1],
      escape: { factor: 1.1, steps: Math.ceil(Math.log(0.4 * Math.SQRT2 / 0.001) / Math.log(1.1)) },
    });
  });

  it('says that nothing pushes a point off the ridge', () => {
    expect(verdict(frameOf({ rows: [onSaddle(0.2, 0)] }))).toMatchObject({ escape: { steps: Infinity } });
  });

  it('does not guess how long other optimizers take', () => {
    expect(verdict(frameOf({ rows: [onSaddle(0.2, 0.001)], optimizer: { id: 'adam', lr: 0.1 } }))).toMatchObject({ escape: null });
    const heavy = { id: 'sgd', lr: 0.1, momentum: 0.9 };
    expect(verdict(frameOf({ rows: [onSaddle(0.2, 0.001)], optimizer: heavy }))).toMatchObject({ escape: null });
  });

  it('tells the kinds apart, and is silent where the records are', () => {
    const row = onSaddle(0.2, 0.001);
    expect(verdict(frameOf({ rows: [{ ...row, critical: 'none' }] }))?.code).toBe('looking');
    expect(verdict(frameOf({ rows: [{ ...row, critical: 'minimum', eigenvalues: [1, 2] }] }))).toMatchObject({ kind: 'minimum', downhill: null });
    const top: Row = { params: [0.1, 0], grad: [-0.2, 0], eigenvalues: [-2, -1], critical: 'maximum' };
    expect(verdict(frameOf({ rows: [top] }))).toMatchObject({ kind: 'maximum', downhill: [1, 0], at: [0, 0] });
    const flat: Row = { params: [0.1, 0.3], eigenvalues: [0, 0], critical: 'degenerate' };
    expect(verdict(frameOf({ rows: [flat] }))).toMatchObject({ kind: 'degenerate', at: [0.1, 0.3], downhill: null, escape: null });
  });
});

it('has nothing to say of a run without records', () => {
  const frame = frameOf({ rows: [{ params: [1, 1] }] });
  expect(verdict({ ...frame, recording: { tracks: [], last: -1, epoch: 0 } })).toBeNull();
});
