/** The speed slider: from 1 step a second, on a logarithmic scale, to as fast as possible. */

/** Slider positions are 0..POSITIONS; the last one means as fast as possible. */
export const POSITIONS = 60;
const SLOWEST = 1;
const FASTEST = 1000;

export function speedAt(position: number): number {
  if (position >= POSITIONS) return Infinity;
  const speed = SLOWEST * (FASTEST / SLOWEST) ** (position / (POSITIONS - 1));
  return Number(speed.toPrecision(speed < 10 ? 1 : 2));
}

export function positionOf(speed: number): number {
  if (speed === Infinity) return POSITIONS;
  const share = Math.log(speed / SLOWEST) / Math.log(FASTEST / SLOWEST);
  return Math.round((POSITIONS - 1) * Math.min(1, Math.max(0, share)));
}
