/** What a stage can be told. */
export interface Stage {
  /** Back to the map in the scene's own view. */
  reset(): void;
}
