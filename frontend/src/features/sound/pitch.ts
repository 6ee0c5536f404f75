/** From a loss to a pitch. */

/** Hertz at the loss of step 0: the A to which orchestras tune. */
const FIRST = 440;
/** Three octaves down and up: what the loudspeaker of a phone still gives. */
const LOWEST = FIRST / 8;
const HIGHEST = FIRST * 8;
/** What one octave stands for: so that eight decades of loss, a run that converges, fill the lower range. */
const DECADES = 8 / 3;

/**
 * The pitch in hertz; null for silence, where the loss is no number.
 *
 * loss, first: now and at step 0. floor: the lowest that is known of this surface, from which both are measured, or
 * null. The logarithm of what is left above it is heard; at or below it, the lowest tone.
 */
export function pitchOf(loss: number, first: number, floor: number | null): number | null {
  if (Number.isNaN(loss)) return null;
  const above = loss - (floor ?? 0);
  const began = first - (floor ?? 0);
  if (above <= 0) return LOWEST;
  // Begun where no logarithm is: one unit of loss stands for the first.
  const octaves = Math.log10(above / (began > 0 && Number.isFinite(began) ? began : 1)) / DECADES;
  // Upwards an octave a decade: who diverges is heard at once.
  return Math.min(HIGHEST, Math.max(LOWEST, FIRST * 2 ** (octaves > 0 ? octaves * DECADES : octaves)));
}
