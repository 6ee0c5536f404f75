/** A play head that others follow. step: with the elapsed fraction of the next one. speed: steps a second; 0: it rests. */
export interface Lead {
  readonly step: number;
  readonly speed: number;
}
