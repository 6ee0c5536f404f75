/** Script time of frames, as the page itself sees it. */

export interface Measured {
  /** Shows these heads, one a display frame; milliseconds of script of each. */
  run(heads: readonly number[]): Promise<number[]>;
}

/** show: draws a head; a promise where the drawing is not over when it returns. */
export function measured(show: (head: number) => unknown): Measured {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  return {
    async run(heads) {
      const times: number[] = [];
      for (const head of heads) {
        await frame();
        const began = performance.now();
        await show(head);
        times.push(performance.now() - began);
      }
      return times;
    },
  };
}
