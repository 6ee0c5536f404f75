/** The speed slider: from one step a second, evenly in its logarithm, to as fast as the machine can. */

/** Positions 0..NOTCHES; the last one means as fast as it can. */
export const NOTCHES = 60;
const SLOWEST = 1;
const FASTEST = 1000;

export function speedAt(position: number): number {
  if (position >= NOTCHES) return Infinity;
  const speed = SLOWEST * (FASTEST / SLOWEST) ** (position / (NOTCHES - 1));
  return Number(speed.toPrecision(speed < 10 ? 1 : 2));
}

export function positionOf(speed: number): number {
  if (speed === Infinity) return NOTCHES;
  const share = Math.log(speed / SLOWEST) / Math.log(FASTEST / SLOWEST);
  return Math.round((NOTCHES - 1) * Math.min(1, Math.max(0, share)));
}
