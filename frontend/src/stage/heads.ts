/** What stands at the play head, drawn anew each frame: points, arrows, curvature, and the marks along the paths. */
import { CRITICALS, type Frame, type Track } from '../session/types';
import type { Theme } from './colours';
import type { Layer } from './layer';
import { drawMarker } from './markers';
import { spot, type Project } from './project';
import type { Viewport } from './viewport';

const SADDLE = CRITICALS.indexOf('saddle');
const NONE = CRITICALS.indexOf('none');
const MINIMUM = CRITICALS.indexOf('minimum');
const POINT = 6.5;

export class Heads {
  /** Where each run's point was drawn last, in CSS pixels; NaN when it was not. */
  readonly x = new Float64Array(8).fill(Number.NaN);
  readonly y = new Float64Array(8).fill(Number.NaN);

  constructor(
    private readonly layer: Layer,
    private readonly view: Viewport,
  ) {}

  /** flat: the map or the curve; in 3-D directions on the map have no place, and only points and marks are drawn. */
  draw(frame: Frame, theme: Theme, project: Project, flat: boolean): void {
    const { layer, view } = this;
    const { context } = layer;
    const { tracks } = frame.recording;
    layer.clear();
    context.save();
    context.beginPath();
    context.rect(view.left, view.top, view.width, view.height);
    context.clip();
    context.lineCap = 'round';
    context.lineJoin = 'round';
    this.x.fill(Number.NaN);
    this.y.fill(Number.NaN);
    for (let run = 0; run < tracks.length; run++) {
      if (frame.visible[run] !== false) this.start(tracks[run] as Track, run, frame, theme, project);
    }
    this.edits(frame, theme, project);
    if (flat) this.directions(frame, theme, project);
    for (let run = 0; run < tracks.length; run++) if (run !== frame.selected) this.point(run, frame, theme, project);
    if (frame.selected < tracks.length) this.point(frame.selected, frame, theme, project);
    context.restore();
  }

  private start(track: Track, run: number, frame: Frame, theme: Theme, project: Project): void {
    if (track.length === 0 || frame.head === 0) return;
    project(track, 0);
    if (!Number.isFinite(spot.x) || !Number.isFinite(spot.y)) return;
    const { context } = this.layer;
    context.beginPath();
    context.arc(spot.x, spot.y, 4, 0, 2 * Math.PI);
    context.fillStyle = theme.panel;
    context.fill();
    context.lineWidth = 1.75;
    context.strokeStyle = theme.runs[run % theme.runs.length] as string;
    context.stroke();
  }

  /** A short bar across the path where it was bent: no run's marker has that shape. */
  private edits(frame: Frame, theme: Theme, project: Project): void {
    const { context } = this.layer;
    const edits = frame.experiment.edits;
    if (!edits) return;
    for (let n = 0; n < edits.length; n++) {
      const edit = edits[n] as NonNullable<typeof edits>[number];
      const track = frame.recording.tracks[edit.run];
      if (!track || edit.step > frame.head || edit.step >= track.length || frame.visible[edit.run] === false) continue;
      project(track, edit.step);
      if (!Number.isFinite(spot.x) || !Number.isFinite(spot.y)) continue;
      context.beginPath();
      context.moveTo(spot.x, spot.y - 7);
      context.lineTo(spot.x, spot.y + 7);
      context.lineWidth = 6;
      context.strokeStyle = theme.panel;
      context.stroke();
      context.lineWidth = 2.5;
      context.strokeStyle = theme.runs[edit.run % theme.runs.length] as string;
      context.stroke();
    }
  }

  /** Of the selected run: the two curvatures near a critical point, the gradient uphill, the update to come. */
  private directions(frame: Frame, theme: Theme, project: Project): void {
    const track = frame.recording.tracks[frame.selected];
    if (!track || track.length === 0 || frame.visible[frame.selected] === false) return;
    const k = Math.min(frame.head, track.length - 1);
    project(track, k);
    const [x, y] = [spot.x, spot.y];
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const { view } = this;
    const perX = view.width / (view.x1 - view.x0);
    const perY = view.height / (view.y1 - view.y0);
    if (track.dim === 1) {
      this.tangent(track, k, x, y, perX, perY, theme);
      return;
    }
    const critical = track.critical[k] as number;
    if (critical !== NONE && critical !== MINIMUM) this.curvature(track, k, x, y, perX, perY, critical === SADDLE, theme);
    // The gradient has no length on the map (its unit is loss per parameter): only its direction is to scale.
    const gx = (track.grad[2 * k] as number) * perX;
    const gy = -(track.grad[2 * k + 1] as number) * perY;
    const size = Math.hypot(gx, gy);
    const norm = track.gradNorm[k] as number;
    if (size > 0 && Number.isFinite(size) && norm > 1e-12) {
      const length = Math.min(64, Math.max(20, 36 + 10 * Math.log10(norm)));
      this.arrow(x, y, x + (gx / size) * length, y + (gy / size) * length, theme.gradient, theme.panel);
    }
    // The update is to scale: it ends where the next record stands.
    if (k + 1 < track.length) {
      const ux = (track.update[2 * (k + 1)] as number) * perX;
      const uy = -(track.update[2 * (k + 1) + 1] as number) * perY;
      const far = Math.hypot(ux, uy);
      if (far > POINT && Number.isFinite(far)) {
        const share = Math.min(1, (2 * (view.width + view.height)) / far);
        this.arrow(x, y, x + ux * share, y + uy * share, theme.update, theme.panel);
      }
    }
  }

  private curvature(
    track: Track, k: number, x: number, y: number, perX: number, perY: number, saddle: boolean, theme: Theme,
  ): void {
    const { context } = this.layer;
    for (let column = 1; column >= 0; column--) {
      const value = track.eigenvalues[2 * k + column] as number;
      const dx = (track.eigenvectors[4 * k + column] as number) * perX;
      const dy = -(track.eigenvectors[4 * k + 2 + column] as number) * perY;
      const size = Math.hypot(dx, dy);
      if (!(size > 0) || !Number.isFinite(size)) continue;
      const [ax, ay] = [(dx / size) * 70, (dy / size) * 70];
      const downhill = value < 0;
      context.strokeStyle = downhill ? theme.downhill : theme.muted;
      context.lineWidth = downhill ? 3 : 1.5;
      context.setLineDash(downhill || !saddle ? [] : [5, 4]);
      context.beginPath();
      context.moveTo(x - ax, y - ay);
      context.lineTo(x + ax, y + ay);
      context.stroke();
      context.setLineDash([]);
      if (!downhill) continue;
      this.tip(x - ax, y - ay, -ax / 70, -ay / 70, theme.downhill, 9);
      this.tip(x + ax, y + ay, ax / 70, ay / 70, theme.downhill, 9);
    }
  }

  /** The slope at the point of a curve, and the update along the axis below it. */
  private tangent(
    track: Track, k: number, x: number, y: number, perX: number, perY: number, theme: Theme,
  ): void {
    const { context } = this.layer;
    const { view } = this;
    // On a logarithmic axis the slope is that of log10 f.
    const slope = (track.grad[k] as number) / (view.yLog ? (track.loss[k] as number) * Math.LN10 : 1);
    const [dx, dy] = [perX, -slope * perY];
    const size = Math.hypot(dx, dy);
    if (!Number.isFinite(size)) return;
    const [ax, ay] = [(dx / size) * 60, (dy / size) * 60];
    context.strokeStyle = theme.gradient;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - ax, y - ay);
    context.lineTo(x + ax, y + ay);
    context.stroke();
    if (k + 1 >= track.length) return;
    const ux = (track.update[k + 1] as number) * perX;
    if (Math.abs(ux) > POINT && Number.isFinite(ux)) {
      this.arrow(x, y, x + Math.sign(ux) * Math.min(Math.abs(ux), 2 * view.width), y, theme.update, theme.panel);
    }
  }

  private point(run: number, frame: Frame, theme: Theme, project: Project): void {
    const track = frame.recording.tracks[run] as Track;
    if (track.length === 0 || frame.visible[run] === false) return;
    const diverged = track.divergedAt !== null && frame.head >= track.divergedAt;
    let k = Math.min(frame.head, track.length - 1);
    project(track, k);
    // A diverged run stands where it was last in numbers that can be drawn.
    let gone = false;
    while (k > 0 && !(Number.isFinite(spot.x) && Number.isFinite(spot.y))) {
      project(track, --k);
      gone = true;
    }
    const radius = gone ? POINT - 2 : run === frame.selected ? POINT + 1.5 : POINT;
    const colour = theme.runs[run % theme.runs.length] as string;
    const { view } = this;
    const outside =
      spot.x < view.left || spot.x > view.left + view.width || spot.y < view.top || spot.y > view.top + view.height;
    if (outside || diverged) {
      this.gone(run, spot.x, spot.y, outside, diverged, colour, theme);
      return;
    }
    this.x[run] = spot.x;
    this.y[run] = spot.y;
    drawMarker(this.layer.context, run, spot.x, spot.y, radius, colour, theme.panel);
  }

  /** At the edge, an arrow to where the run has gone; a cross when it diverged. */
  private gone(
    run: number, px: number, py: number, outside: boolean, diverged: boolean, colour: string, theme: Theme,
  ): void {
    const { context } = this.layer;
    const { view } = this;
    const inset = 12;
    const [cx, cy] = [view.left + view.width / 2, view.top + view.height / 2];
    let [x, y] = [px, py];
    if (outside) {
      // Both sides are divided by the larger overshoot first: the coordinates may be near the largest number.
      const [dx, dy] = [(px - cx) / (view.width / 2 - inset), (py - cy) / (view.height / 2 - inset)];
      const over = Math.max(Math.abs(dx), Math.abs(dy));
      const [ex, ey] = Number.isFinite(over) ? [dx / over, dy / over] : [0, -1];
      x = cx + ex * (view.width / 2 - inset);
      y = cy + ey * (view.height / 2 - inset);
      const size = Math.hypot(ex * view.width, ey * view.height) || 1;
      if (!diverged) {
        this.tip(x + (ex * view.width * 11) / size, y + (ey * view.height * 11) / size, (ex * view.width) / size, (ey * view.height) / size, colour, 9);
      }
    }
    if (!diverged) {
      drawMarker(context, run, x, y, 4.5, colour, theme.panel);
      return;
    }
    for (const [width, style] of [[6, theme.panel], [2.75, colour]] as const) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.beginPath();
      context.moveTo(x - 6, y - 6);
      context.lineTo(x + 6, y + 6);
      context.moveTo(x + 6, y - 6);
      context.lineTo(x - 6, y + 6);
      context.stroke();
    }
  }

  private arrow(x0: number, y0: number, x1: number, y1: number, colour: string, halo: string): void {
    const { context } = this.layer;
    const size = Math.hypot(x1 - x0, y1 - y0);
    const [ux, uy] = [(x1 - x0) / size, (y1 - y0) / size];
    const head = Math.min(9, size * 0.6);
    const [bx, by] = [x1 - ux * head * 0.8, y1 - uy * head * 0.8];
    context.lineWidth = 4.5;
    context.strokeStyle = halo;
    context.globalAlpha = 0.75;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(bx, by);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 2.25;
    context.strokeStyle = colour;
    context.stroke();
    this.tip(x1, y1, ux, uy, colour, head);
  }

  private tip(x: number, y: number, ux: number, uy: number, colour: string, size: number): void {
    const { context } = this.layer;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x - ux * size - uy * size * 0.5, y - uy * size + ux * size * 0.5);
    context.lineTo(x - ux * size + uy * size * 0.5, y - uy * size - ux * size * 0.5);
    context.closePath();
    context.fill();
  }
}
