/** For tests: a scene as Plotly's, seen from a point. */
import type { GlScene } from './camera';
import type { Point3 } from './relief';

const minus = (a: Point3, b: Point3): Point3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Point3, b: Point3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Point3, b: Point3): Point3 => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a: Point3): Point3 => [a[0], a[1], a[2]].map((value) => value / Math.sqrt(dot(a, a))) as unknown as Point3;

/** eye, target: in the axes' units. */
export function sceneFrom(eye: Point3, target: Point3): GlScene {
  const back = unit(minus(eye, target));
  const right = unit(cross([0, 0, 1], back));
  const up = cross(back, right);
  const view = [
    right[0], up[0], back[0], 0, right[1], up[1], back[1], 0, right[2], up[2], back[2], 0,
    -dot(right, eye), -dot(up, eye), -dot(back, eye), 1,
  ];
  const [near, far, focal] = [0.1, 100, 2];
  const projection = [focal, 0, 0, 0, 0, focal, 0, 0, 0, 0, (far + near) / (near - far), -1, 0, 0, (2 * far * near) / (near - far), 0];
  const model = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  return { glplot: { cameraParams: { model, view, projection }, onrender: () => {} }, dataScale: [1, 1, 1] };
}
