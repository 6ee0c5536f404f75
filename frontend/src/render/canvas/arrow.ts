/** Arrows, in CSS pixels. */
type Context = CanvasRenderingContext2D;

/** An arrow from (x0, y0) to (x1, y1), with a halo that lifts it off the paths. */
export function drawArrow(context: Context, x0: number, y0: number, x1: number, y1: number, colour: string, halo: string): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const head = Math.min(9, length * 0.6);
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - ux * head * 0.8, y1 - uy * head * 0.8);
  context.globalAlpha = 0.75;
  context.lineWidth = 4.5;
  context.strokeStyle = halo;
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = 2.25;
  context.strokeStyle = colour;
  context.stroke();
  drawArrowHead(context, x1, y1, ux, uy, colour, head);
}

/** An arrow head with its point at (x, y), in the direction of the unit vector (ux, uy). */
export function drawArrowHead(context: Context, x: number, y: number, ux: number, uy: number, colour: string, size: number): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - ux * size - uy * size * 0.5, y - uy * size + ux * size * 0.5);
  context.lineTo(x - ux * size + uy * size * 0.5, y - uy * size - ux * size * 0.5);
  context.closePath();
  context.fill();
}
