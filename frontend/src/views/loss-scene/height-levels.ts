/** What the key of heights shows. */
import type { Heights } from '../../render/colours/heights';

export interface HeightLevels {
  readonly heights: Heights;
  /** Of the contour lines, ascending. */
  readonly losses: readonly number[];
}

/** Of the whole height: labels nearer than this would overlap. */
const APART = 0.14;

/** The losses that have a label, with their shares of the height, 0 at the bottom. */
export function spacedLevels({ heights: { low, high, heightOf }, losses }: HeightLevels): { loss: number; share: number }[] {
  const found: { loss: number; share: number }[] = [];
  for (const loss of losses) {
    const share = (heightOf(loss) - low) / (high - low);
    if (share - (found.at(-1)?.share ?? -1) >= APART) found.push({ loss, share });
  }
  return found;
}
