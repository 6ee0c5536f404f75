/** The losses written on contour lines: where, which way round, and how exactly. */
import { formatNumber } from '../../ui/i18n/numbers';
import type { Heights } from '../colours/heights';
import { UNIT, type Interval, type Place } from '../viewport/viewport';

/** What is labelled: heights on a grid, h[iy * nx + ix], shown in an axis range each in a plot of CSS pixels. */
export interface LabelledMap {
  readonly heights: Heights;
  readonly bounds: readonly Interval[];
  readonly nx: number;
  readonly ny: number;
  readonly ranges: readonly [Interval, Interval];
  readonly width: number;
  readonly height: number;
  /** Places that stay free, such as critical points, in axis units. */
  readonly free: readonly (readonly [number, number])[];
}

export interface ContourLabel extends Place {
  readonly text: string;
  /** Of the line, degrees clockwise, -90..90. */
  readonly angle: number;
}

/** Labelled levels at most; of more levels every second, third … is labelled. */
const LEVELS = 7;
/** CSS pixels: between two labels, from a label to a free place, to the plot's edge, and between two lines at least. */
const APART = 70;
const FREE = 26;
const EDGE = 26;
const MIN_GAP = 6;
/** Directions in which lines are looked for, and samples in each. */
const RAYS = 12;
const SAMPLES = 160;

/** Labels, x and y in axis units. Each level has one, or two that are far apart. */
export function contourLabels(map: LabelledMap): ContourLabel[] {
  const { heights: { low, high, size, lossOf }, ranges: [[x0, x1], [y0, y1]], width, height } = map;
  const first = Math.ceil(low / size + 1e-9);
  const count = Math.floor(high / size) - first + 1;
  const every = Math.max(1, Math.ceil(count / LEVELS));
  const levels = new Set(Array.from({ length: Math.max(0, count) }, (_, n) => first + n).filter((n) => n % every === 0));
  const toPixels = ([x, y]: readonly [number, number]): Place => ({ x: ((x - x0) / (x1 - x0)) * width, y: (1 - (y - y0) / (y1 - y0)) * height });
  const free = map.free.map(toPixels);
  const heightAt = sampler(map);

  const placed: (Place & { readonly level: number; readonly angle: number })[] = [];
  const far = ({ x, y }: Place, from: readonly Place[], least: number): boolean => from.every((one) => Math.hypot(one.x - x, one.y - y) >= least);
  const tryAt = (level: number, at: Place): void => {
    if (at.x < EDGE || at.y < EDGE || at.x > width - EDGE || at.y > height - EDGE) return;
    const same = placed.filter((one) => one.level === level);
    if (same.length >= 2 || !far(at, placed, APART) || !far(at, same, 3 * APART) || !far(at, free, FREE)) return;
    const [dx, dy] = [heightAt(at.x + 2, at.y) - heightAt(at.x - 2, at.y), heightAt(at.x, at.y + 2) - heightAt(at.x, at.y - 2)];
    const slope = Math.hypot(dx, dy) / 4;
    if (!(slope > 0) || size / slope < MIN_GAP) return;
    const angle = (Math.atan2(dx, -dy) * 180) / Math.PI;
    placed.push({ ...at, level, angle: angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle });
  };

  // From the lowest point that is seen outwards, so that the labels of one direction can be read off like a scale.
  const centre = lowest(map, heightAt);
  for (let ray = 0; ray < RAYS; ray++) {
    const turn = (2 * Math.PI * ((ray * 5) % RAYS)) / RAYS + 0.35;
    const reach = Math.hypot(width, height);
    let before = Number.NaN;
    for (let n = 0; n <= SAMPLES; n++) {
      const along = (n / SAMPLES) * reach;
      const at = { x: centre.x + along * Math.cos(turn), y: centre.y - along * Math.sin(turn) };
      if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) break;
      const now = heightAt(at.x, at.y);
      const level = Math.max(Math.floor(now / size), Math.floor(before / size));
      if (Math.floor(now / size) !== Math.floor(before / size) && levels.has(level)) {
        const back = ((now - level * size) / (now - before)) * (reach / SAMPLES);
        tryAt(level, { x: at.x - back * Math.cos(turn), y: at.y + back * Math.sin(turn) });
      }
      before = now;
    }
  }
  const texts = textsOf([...new Set(placed.map(({ level }) => level))], (level) => lossOf(level * size));
  return placed.map(({ x, y, level, angle }) => ({
    x: x0 + (x / width) * (x1 - x0), y: y0 + (1 - y / height) * (y1 - y0), angle, text: texts.get(level) as string,
  }));
}

/** The losses of levels with as few digits as tell them apart. */
function textsOf(levels: readonly number[], lossOf: (level: number) => number): Map<number, string> {
  const with_ = (digits: number): Map<number, string> => new Map(levels.map((level) => [level, formatNumber(lossOf(level), digits)]));
  return [2, 3, 4, 5].map(with_).find((texts) => new Set(texts.values()).size === texts.size) ?? with_(6);
}

/** The height at a place in CSS pixels, between the grid's points; NaN outside of the grid, and where a loss is none. */
function sampler({ heights: { z }, bounds, nx, ny, ranges: [[x0, x1], [y0, y1]], width, height }: LabelledMap): (px: number, py: number) => number {
  const [[bx0, bx1] = UNIT, [by0, by1] = UNIT] = bounds;
  return (px, py) => {
    const i = ((x0 + (px / width) * (x1 - x0) - bx0) / (bx1 - bx0)) * (nx - 1);
    const j = ((y0 + (1 - py / height) * (y1 - y0) - by0) / (by1 - by0)) * (ny - 1);
    if (!(i >= 0 && j >= 0 && i <= nx - 1 && j <= ny - 1)) return Number.NaN;
    const [a, b] = [Math.min(Math.floor(i), nx - 2), Math.min(Math.floor(j), ny - 2)];
    const [u, v] = [i - a, j - b];
    const at = (row: number, column: number): number => z[row * nx + column] as number;
    return (1 - v) * ((1 - u) * at(b, a) + u * at(b, a + 1)) + v * ((1 - u) * at(b + 1, a) + u * at(b + 1, a + 1));
  };
}

/** The lowest place that is seen, CSS pixels. */
function lowest({ width, height }: LabelledMap, heightAt: (px: number, py: number) => number): Place {
  let found = { x: width / 2, y: height / 2 };
  let least = Number.POSITIVE_INFINITY;
  for (let row = 0; row <= 40; row++) {
    for (let column = 0; column <= 40; column++) {
      const at = { x: (column / 40) * width, y: (row / 40) * height };
      const here = heightAt(at.x, at.y);
      if (here < least) [found, least] = [at, here];
    }
  }
  return found;
}
