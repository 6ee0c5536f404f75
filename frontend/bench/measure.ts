/** Script time of display frames, by the page's own clock. */

export interface FrameTimer {
  /** Shows these steps, one per display frame. Returns milliseconds of script of each frame. */
  run(heads: readonly number[]): Promise<number[]>;
}

/** show: draws a step; returns a promise if the drawing goes on after it returns. */
export function frameTimer(show: (head: number) => unknown): FrameTimer {
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
