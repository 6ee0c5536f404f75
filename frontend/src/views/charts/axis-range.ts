/** Axis ranges that grow in steps, so that Plotly draws a chart's axes again only now and then. */
import { niceStep } from '../../render/colours/heights';

/** The end of the axis of steps: the least of 100, 200, 500, 1000, ... that is no less than `last`. */
export function stepRange(last: number): number {
  let end = 100;
  for (let n = 0; end < last; n++) end *= n % 3 === 1 ? 2.5 : 2;
  return end;
}

/** Decades that a logarithmic axis shows below its greatest value, at most. */
const DECADES = 14;
/** How far beyond the values near the scene the axis follows a run that left it: decades, or a share of the span. */
const FOLLOW_LOG = 3;
const FOLLOW = 0.25;

/**
 * The range of one chart, in axis units (log10 of the value on a logarithmic axis).
 *
 * It holds every value that a run has near the scene. It follows a run that leaves the scene a little farther; then the
 * line leaves the plot, and the chart marks where.
 */
export class AxisRange {
  low = 0;
  high = 1;
  private fitted = false;
  private readonly near = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY };
  private readonly far = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY };

  /** signed: values of both signs are expected; otherwise a linear axis starts at 0. most: no value is larger. */
  constructor(
    readonly log: boolean,
    readonly signed: boolean,
    private readonly most = Number.POSITIVE_INFINITY,
  ) {}

  /** near: whether the run is near the scene. True when the range grew. */
  add(value: number, near: boolean): boolean {
    const at = this.log ? Math.log10(value) : value;
    const seen = near ? this.near : this.far;
    if (!Number.isFinite(at) || (at >= seen.least && at <= seen.greatest)) return false;
    seen.least = Math.min(seen.least, at);
    seen.greatest = Math.max(seen.greatest, at);
    return this.fit();
  }

  private fit(): boolean {
    const { near, far } = this;
    // Without a near value the first far one takes its place.
    if (near.least > near.greatest) near.least = near.greatest = far.least;
    const slack = this.log ? FOLLOW_LOG : FOLLOW * Math.max(near.greatest - Math.min(near.least, 0), 1e-9);
    const most = Math.max(near.greatest, Math.min(far.greatest, near.greatest + slack));
    let least = Math.min(near.least, Math.max(far.least, near.least - slack));
    if (this.log) least = Math.max(least, most - DECADES);
    if (this.fitted && least >= this.low && most <= this.high) return false;
    const [low, high] = [this.low, this.high];
    if (this.log) {
      this.low = 2 * Math.floor((least - 0.05) / 2); // two decades at a time
      this.high = Math.max(Math.ceil(most + 0.05), this.low + 1);
    } else {
      const bottom = this.signed ? least : Math.min(least, 0);
      // A nearly constant value is drawn as a level line, without magnifying its last digits.
      const span = Math.max(most - bottom, 0.2 * Math.abs(most), 1e-12);
      // Whole steps of a quarter of the span leave room before the next growth.
      const step = niceStep(span / 4);
      this.low = Math.floor((bottom - (this.signed ? 0.04 * span : 0)) / step) * step;
      this.high = Math.ceil((most + 0.06 * span) / step) * step;
      if (this.fitted) this.low = Math.min(this.low, low);
    }
    if (this.fitted) this.high = Math.max(this.high, high);
    this.high = Math.min(this.high, this.most);
    const grew = !this.fitted || this.low !== low || this.high !== high;
    this.fitted = true;
    return grew;
  }
}
