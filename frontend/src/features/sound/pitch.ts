/** The pitch of a loss. */

/** Hertz at the loss of step 0: concert pitch A. */
const FIRST = 440;
/** Three octaves below and above, the range that a phone's loudspeaker can play. */
const LOWEST = FIRST / 8;
const HIGHEST = FIRST * 8;
/** Decades of loss in one octave below the start: a run that converges over eight decades then fills the lower range. */
const DECADES = 8 / 3;

/**
 * The pitch in hertz, by the logarithm of the loss above the floor; null, which is silence, for NaN.
 *
 * loss, first: now and at step 0. floor: the lowest known loss of the surface; null counts as 0. At or below it the pitch
 * is the lowest one.
 */
export function pitchOf(loss: number, first: number, floor: number | null): number | null {
  if (Number.isNaN(loss)) return null;
  const above = loss - (floor ?? 0);
  const began = first - (floor ?? 0);
  if (above <= 0) return LOWEST;
  // Where the first loss has no logarithm, 1 replaces it.
  const octaves = Math.log10(above / (began > 0 && Number.isFinite(began) ? began : 1)) / DECADES;
  // Above the start, one octave a decade, so that divergence is heard at once.
  return Math.min(HIGHEST, Math.max(LOWEST, FIRST * 2 ** (octaves > 0 ? octaves * DECADES : octaves)));
}
