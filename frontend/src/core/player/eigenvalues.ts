/** Eigenvalues for display: those that are only rounding errors are 0. */

/** Relative to the largest; the same tolerance as the engine's (backend/steepest/engine/diagnosis/detectors/critical_point_visit.py). */
const TOLERANCE = 1e-6;

export function withoutRounding(eigenvalues: readonly number[]): number[] {
  const largest = Math.max(...eigenvalues.map(Math.abs));
  return eigenvalues.map((value) => (Math.abs(value) <= TOLERANCE * largest ? 0 : value));
}
