/** Pairs of numbers that are worth a map, where the run has them. */
import type { Scene } from '../../core/protocol/wire';
import { BATCH, momentumOf, RATE, SCALE, type Field } from './fields';

/** The numbers to the right and up, as a sweep names them. */
export type Pair = readonly [string, string];

export function presetsOf(fields: readonly Field[], scene: Scene | null): Pair[] {
  const has = (set: string): boolean => fields.some((field) => field.set === set);
  const momentum = momentumOf(fields)?.set;
  const starts: Pair = ['runs[0].start[0]', 'runs[0].start[1]'];
  // An optimizer without momentum, on a surface: the last coordinate of its start.
  const beside = momentum ?? (scene && `runs[0].start[${scene.bounds.length - 1}]`);
  const pairs: Pair[] = [
    ...(beside ? [[RATE, beside] as const] : []),
    starts,
    [RATE, 'problem.params.kappa'],
    [RATE, SCALE],
    [RATE, BATCH],
  ];
  return pairs.filter((pair) => pair.every(has));
}
