/** Eigenvalues as they are shown: what is only rounding beside the largest is 0. */

/** By the same measure as the engine's (backend/steepest/engine/diagnosis/detectors/critical_point_visit.py). */
const DUST = 1e-6;

export function withoutRounding(eigenvalues: readonly number[]): number[] {
  const largest = Math.max(...eigenvalues.map(Math.abs));
  return eigenvalues.map((value) => (Math.abs(value) <= DUST * largest ? 0 : value));
}
