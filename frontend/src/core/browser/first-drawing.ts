/** Delays secondary downloads until the stage has been drawn. */

/** Milliseconds after the first drawing before anything else is fetched, and the longest wait for that drawing. */
const DELAY = 400;
const LONGEST_WAIT = 5000;

let resolveFirst: () => void = () => {};
const first = new Promise<void>((resolve) => (resolveFirst = resolve));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Call when the stage has been drawn. */
export function stageWasDrawn(): void {
  resolveFirst();
}

/** Resolves DELAY after the stage's first drawing, at the latest after LONGEST_WAIT. */
export function afterFirstDrawing(): Promise<void> {
  return Promise.race([first.then(() => pause(DELAY)), pause(LONGEST_WAIT)]);
}
