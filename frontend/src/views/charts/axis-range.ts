/** Axis ranges that grow in steps, so that the frame of a chart is drawn anew only now and then. */
import { niceStep } from '../../render/colours/heights';

/** The last step of the axis: the least of 100, 200, 500, 1000, ... that holds `last`. */
export function stepRange(last: number): number {
  let end = 100;
  for (let n = 0; end < last; n++) end *= n % 3 === 1 ? 2.5 : 2;
  return end;
}

/** The most decades that a logarithmic axis shows below its greatest value. */
const DECADES = 14;
/** A run that left the scene is followed this far above what was seen within: decades, or times the span. */
const FOLLOW_LOG = 3;
const FOLLOW = 0.25;

/**
 * The range of one chart, in axis units (log10 of the value on a logarithmic axis).
 *
 * It holds every value that a run took near the scene. A run that leaves the scene is followed for a while only: then
 * its line leaves the plot, and the chart marks where.
 */
export class AxisRange {
  low = 0;
  high = 1;
  private fitted = false;
  private least = Number.POSITIVE_INFINITY;
  private greatest = Number.NEGATIVE_INFINITY;
  private farLeast = Number.POSITIVE_INFINITY;
  private farGreatest = Number.NEGATIVE_INFINITY;

  /** signed: values of both signs are normal; otherwise a linear axis begins at 0. */
  constructor(
    readonly log: boolean,
    readonly signed: boolean,
  ) {}

  /** In axis units; NaN for what has no place on a logarithmic axis. */
  units(value: number): number {
    return this.log ? (value > 0 ? Math.log10(value) : Number.NaN) : value;
  }

  /** near: the run was near the scene. True when the range had to grow: the frame must be drawn anew. */
  add(value: number, near: boolean): boolean {
    const at = this.units(value);
    if (!Number.isFinite(at)) return false;
    if (near) {
      if (at >= this.least && at <= this.greatest) return false;
      if (at < this.least) this.least = at;
      if (at > this.greatest) this.greatest = at;
    } else {
      if (at >= this.farLeast && at <= this.farGreatest) return false;
      if (at < this.farLeast) this.farLeast = at;
      if (at > this.farGreatest) this.farGreatest = at;
    }
    return this.fit();
  }

  private fit(): boolean {
    if (this.least > this.greatest) {
      // Nothing near yet: the first far value stands for it.
      this.least = this.farLeast;
      this.greatest = this.farLeast;
    }
    const slack = this.log ? FOLLOW_LOG : FOLLOW * Math.max(this.greatest - Math.min(this.least, 0), 1e-9);
    const most = Math.max(this.greatest, Math.min(this.farGreatest, this.greatest + slack));
    let fewest = Math.min(this.least, Math.max(this.farLeast, this.least - slack));
    if (this.log) fewest = Math.max(fewest, most - DECADES);
    if (this.fitted && fewest >= this.low && most <= this.high) return false;
    const [low, high] = [this.low, this.high];
    if (this.log) {
      this.low = 2 * Math.floor((fewest - 0.05) / 2); // two decades at a time
      this.high = Math.max(Math.ceil(most + 0.05), this.low + 1);
      if (this.fitted) this.high = Math.max(this.high, high);
    } else {
      const bottom = this.signed ? fewest : Math.min(fewest, 0);
      // A value that hardly changes is drawn flat, not its last digits magnified.
      const span = Math.max(most - bottom, 0.2 * Math.abs(most), 1e-12);
      // Whole steps of a quarter of the span: the next growth is some way off.
      const step = niceStep(span / 4);
      this.low = Math.floor((bottom - (this.signed ? 0.04 * span : 0)) / step) * step;
      this.high = Math.ceil((most + 0.06 * span) / step) * step;
      if (this.fitted) {
        this.low = Math.min(this.low, low);
        this.high = Math.max(this.high, high);
      }
    }
    const grew = !this.fitted || this.low !== low || this.high !== high;
    this.fitted = true;
    return grew;
  }
}
