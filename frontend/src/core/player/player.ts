/** Plays a recording that is still being written: the play head on it, and how far the writer may go. */
import type { EventOf } from '../protocol/wire';
import { Grants, stride } from './grants';
import { PlayHead } from './play-head';
import { GrowingRecording } from './recording';

/** What lies between the recording and a step beyond it that was asked for is looked at as if it were played in so long. */
const JUMP_SECONDS = 5;

export class Player {
  readonly recording = new GrowingRecording();
  readonly playhead = new PlayHead();
  private readonly grants = new Grants();
  /** A step beyond the recording that the user wants to see; -1: none. */
  private target = -1;
  /** The writer could not go on: nothing is granted until the user does something. */
  private halted = false;
  /** Playing stopped by itself, at the end of a recording that cannot go on. */
  private ended = false;
  /** The last step that the writer makes. */
  limit = Infinity;

  get head(): number {
    return this.playhead.step;
  }

  get playing(): boolean {
    return this.playhead.playing;
  }

  /** Every run has diverged: there is nothing beyond `last`. */
  get stopped(): boolean {
    const { tracks } = this.recording;
    return tracks.length > 0 && tracks.every((track) => track.divergedAt !== null);
  }

  /** The head is at the last step that the writer makes, and there could be more. */
  get atLimit(): boolean {
    return !this.stopped && this.head >= this.limit;
  }

  // --- what the user does ---

  /** At the end of a recording that cannot go on: from the beginning. */
  play(): void {
    if (this.stopped && this.head >= this.recording.last) this.playhead.seek(0, this.recording.last);
    this.setPlaying(true);
  }

  pause(): void {
    this.setPlaying(false);
  }

  /** To a step of the recording. */
  seek(step: number): void {
    this.moveTo(Math.min(step, this.recording.last));
  }

  /** So many steps on or back, and pauses; on beyond the recording when those records come. */
  stepBy(steps: number): void {
    this.setPlaying(false);
    this.moveTo(Math.max(0, (this.target >= 0 ? this.target : this.head) + steps));
  }

  // --- what happens to the recording ---

  /** Another experiment, from step 0; `step` is shown as soon as it is there. */
  begin(runs: number, step: number): void {
    this.recording.begin(runs);
    this.playhead.seek(0, 0);
    this.target = step > 0 ? Math.min(step, this.limit) : -1;
    this.goOn();
  }

  /** What was recorded after a step was dropped: the writer begins there again. */
  cut(): void {
    this.target = -1;
    this.playhead.keepWithin(this.recording.last);
    this.renew();
  }

  append(chunk: EventOf<'chunk'>, now: number): void {
    const before = this.recording.last;
    this.recording.append(chunk);
    this.grants.arrived(this.recording.last - before, now);
  }

  /** No grant is in force any more: another writer, or another recording. */
  renew(): void {
    this.halted = false;
    this.grants.reset();
  }

  /** The user changed something: playing that ended by itself goes on. */
  goOn(): void {
    this.halted = false;
    if (this.ended) this.setPlaying(true);
  }

  /** The writer cannot go on. */
  halt(): void {
    this.halted = true;
    this.playhead.playing = false;
    this.target = -1;
    this.grants.reset();
  }

  // --- time ---

  /** One display frame. */
  tick(seconds: number): void {
    const { last } = this.recording;
    this.playhead.tick(seconds, last);
    if (this.target >= 0) this.approachTarget();
    if (this.playing && this.stopped && this.head >= last) {
      this.playhead.playing = false;
      this.ended = true;
    }
  }

  /** The grant to give now, or null. hidden: nobody looks. now: milliseconds. */
  nextGrant(hidden: boolean, now: number): number | null {
    if (this.halted || this.stopped) return null;
    const { head, target, playing, limit } = this;
    return this.grants.next({ head, last: this.recording.last, playing, speed: this.playhead.speed, hidden, target, limit, now });
  }

  /** How many steps apart the fits are that will be drawn while the grant of this moment is used. */
  every(): number {
    const { last } = this.recording;
    return stride(this.target > last ? (this.target - last) / JUMP_SECONDS : this.playing ? this.pace : 0);
  }

  /** Steps that are shown a second. */
  private get pace(): number {
    const { speed } = this.playhead;
    return speed < Infinity ? speed : this.grants.rate;
  }

  private approachTarget(): void {
    const { last } = this.recording;
    this.playhead.seek(Math.min(this.target, last), last);
    if (last >= this.target || this.stopped) this.target = -1;
  }

  private moveTo(step: number): void {
    this.halted = false;
    const reached = Math.min(step, this.limit);
    this.target = reached > this.recording.last && !this.stopped ? reached : -1;
    this.playhead.seek(step, this.recording.last);
  }

  private setPlaying(playing: boolean): void {
    this.playhead.playing = playing;
    this.halted = false;
    this.ended = false;
  }
}
