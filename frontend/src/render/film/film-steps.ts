/** Which step each picture of a film shows. */

export const FRAMES_PER_SECOND = 25;
/** Seconds: a short run is slow enough to follow, a long one ends before a listener's patience. */
const SHORTEST = 2;
const LONGEST = 10;
/** While the film can still be this slow. */
const STEPS_PER_SECOND = 10;
/** Seconds that the last picture stays. */
const REST = 1;

/** One a picture, from 0 to `until`, then the last again. */
export function filmSteps(until: number): number[] {
  const seconds = Math.min(LONGEST, Math.max(SHORTEST, until / STEPS_PER_SECOND));
  const moving = Math.round(seconds * FRAMES_PER_SECOND);
  const steps = Array.from({ length: moving }, (_, n) => Math.round((until * n) / (moving - 1)));
  return [...steps, ...Array.from({ length: REST * FRAMES_PER_SECOND }, () => until)];
}
