/** Numbers the user's gestures with the pointer, so that what one of them changes can be taken back together. */
export interface Gestures {
  /** Of the last press and what follows from it, until the next; 0 once a key is pressed. */
  readonly now: number;
  stop(): void;
}

export function watchGestures(): Gestures {
  let count = 0;
  let now = 0;
  const pressed = (): void => void (now = count += 1);
  const typed = (): void => void (now = 0);
  addEventListener('pointerdown', pressed, { capture: true });
  addEventListener('keydown', typed, { capture: true });
  return {
    get now() {
      return now;
    },
    stop() {
      removeEventListener('pointerdown', pressed, { capture: true });
      removeEventListener('keydown', typed, { capture: true });
    },
  };
}
