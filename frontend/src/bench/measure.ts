import type { Frame, Session } from '../session/types';
type Bench = Session & { frame: Frame; show(head: number): void };
export function watchFrames(session: Bench): void {
  Object.assign(window, { bench: { show: (head: number) => session.show(head) } });
}
