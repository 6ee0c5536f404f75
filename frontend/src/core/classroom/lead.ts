/** Where the teacher's play head is now. */
import type { Lead } from '../player/lead';
import type { Playing } from './types';

/** until: the activity's last step. now: the server's time in milliseconds. Before it was first moved, it rests at step 0. */
export function leadAt(playing: Playing | null, until: number, now: number): Lead {
  if (!playing) return { step: 0, speed: 0 };
  const step = playing.step + (playing.speed * Math.max(0, now - playing.at)) / 1000;
  return step >= until ? { step: until, speed: 0 } : { step, speed: playing.speed };
}
