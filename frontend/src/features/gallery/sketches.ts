/** The small pictures of the gallery's cards: fetched when a card is first seen, and drawn from numbers. */
import type { components } from '../../core/protocol/protocol.gen';
import { rgb } from '../../render/colours/class-colours';

export type Sketch = components['schemas']['Sketch'];

/** The picture of a card; null where there is none, for the card is complete without it. */
export async function fetchSketch(card: string): Promise<Sketch | null> {
  try {
    const answer = await fetch(new URL(`api/sketch?card=${encodeURIComponent(card)}`, document.baseURI));
    return answer.ok ? ((await answer.json()) as Sketch) : null;
  } catch {
    return null;
  }
}

/** Calls back once, when an element is about to be seen. Returns a function that stops it. */
export function whenSeen(element: Element, seen: () => void): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      seen();
    },
    { rootMargin: '120px' },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

/** Pixels of an ImageData, uint8[4 * columns * rows], the uppermost row first. colours: `#rrggbb` from low to high. */
export function sketchPixels({ shape: [columns, rows], pixels }: Pick<Sketch, 'shape' | 'pixels'>, colours: readonly string[]): Uint8ClampedArray<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  const scale = colours.map(rgb);
  const found = new Uint8ClampedArray(4 * columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = ((bytes[row * columns + column] ?? 0) / 255) * (scale.length - 1);
      const n = Math.min(Math.floor(at), scale.length - 2);
      const [low, high] = [scale[n], scale[n + 1]] as [readonly number[], readonly number[]];
      const to = 4 * ((rows - 1 - row) * columns + column);
      for (let i = 0; i < 3; i++) found[to + i] = (low[i] as number) + ((high[i] as number) - (low[i] as number)) * (at - n);
      found[to + 3] = 255;
    }
  }
  return found;
}

/** Points of an SVG polyline in a box; y is upwards in 0..1. */
export function polyline(points: readonly (readonly [number, number])[], width: number, height: number): string {
  return points.map(([x, y]) => `${(x * width).toFixed(1)},${((1 - y) * height).toFixed(1)}`).join(' ');
}

/** Heights at evenly spaced places, as points. */
export function evenly(heights: readonly number[]): [number, number][] {
  return heights.map((height, n) => [n / Math.max(heights.length - 1, 1), height]);
}
