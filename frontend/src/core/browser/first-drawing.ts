/** What can wait, waits until the stage moves: it comes first over the wire. */

/** Milliseconds: of movement before anything else is fetched; and for which a stage that does not come is waited for. */
const MOVES = 400;
const PATIENCE = 5000;

let tell: () => void = () => {};
const first = new Promise<void>((resolve) => (tell = resolve));
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The stage has been drawn. */
export function stageWasDrawn(): void {
  tell();
}

/** Fulfilled a little after the stage was drawn for the first time, and at the latest after PATIENCE. */
export function afterFirstDrawing(): Promise<void> {
  return Promise.race([first.then(() => pause(MOVES)), pause(PATIENCE)]);
}
