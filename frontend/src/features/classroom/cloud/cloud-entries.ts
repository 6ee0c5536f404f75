/** The class's runs in order, and by what each is called. */
import type { CloudEntry } from '../../../core/classroom/types';
import type { Words } from '../../../core/experiment/catalog';

export const OUTCOMES = ['converged', 'slow', 'oscillating', 'diverged'] as const;
export type Outcome = CloudEntry['outcome'];

/** A real number of the wire, which may be written as text where it is not finite. */
export function real(value: CloudEntry['loss'] | null | undefined): number {
  return value === null || value === undefined ? Number.NaN : Number(value);
}

/** The lowest loss first; those that diverged last. */
export function byLoss(entries: readonly CloudEntry[]): CloudEntry[] {
  const key = ({ loss, outcome }: CloudEntry): number => (outcome === 'diverged' || !Number.isFinite(real(loss)) ? Infinity : real(loss));
  return [...entries].sort((one, other) => key(one) - key(other) || one.seat - other.seat);
}

/** The name, where names are shown and the seat has one; else its colour and animal. */
export function callOf(
  seat: { readonly name: string; readonly label: Words | null }, names: boolean, pick: (text: Readonly<Words>) => string,
): string {
  return (names && seat.name) || (seat.label ? pick(seat.label) : '');
}
