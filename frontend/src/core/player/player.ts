/** Plays a growing recording: its play head, and how far the server may compute. */
import type { EventOf } from '../protocol/wire';
import { Grants, stride } from './grants';
import { PlayHead } from './play-head';
import type { Lead } from './lead';
import { GrowingRecording, type Kept } from './recording';
import { endOfAll, hasEnded } from './rest';

/** The steps up to a target beyond the recording get as many fits as if they were played in this time. */
const JUMP_SECONDS = 5;
/** Steps after a change of runs at rest for which playing goes on, to show whether one of them moves again. */
const PATIENCE = 100;
/** Steps beyond the one on screen that are recorded again at most, when a change is taken back. */
const MOST_AHEAD = 20_000;

export class Player {
  readonly recording = new GrowingRecording();
  readonly playhead = new PlayHead();
  private readonly grants = new Grants();
  /** A step beyond the recording that the user wants to see; -1: none. */
  private target = -1;
  /** Records are made up to this step at least, without moving the head; -1: only as far as the head needs. */
  private until = -1;
  /** The last step that was on screen of what is recorded. */
  seen = 0;
  /** The server has failed: no grants until the user acts. */
  private halted = false;
  /** Playing stopped by itself where all runs had come to their end, at `endedAt`. */
  private ended = false;
  private endedAt = 0;
  /** The step at which records were dropped last; -1: none were. */
  private cutAt = -1;
  /** The user has played on from where all runs were at their end: playing does not stop a second time. */
  private wentOn = false;
  /** Whether playing stops by itself where all runs come to rest. */
  stopsAtRest = true;
  /** Playing does not stop at rest before this step. */
  through = 0;
  /** The last step that the server computes. */
  limit = Infinity;
  /** Nothing after this step is shown or recorded, and playing stops there. */
  stopsAt = Infinity;
  /** Whether all runs are compiled, so that more steps are computed ahead. */
  compiled = false;
  /** Where another's play head is, which this one follows; null: it is the user's own. */
  private lead: (() => Lead) | null = null;

  get head(): number {
    return this.playhead.step;
  }

  get playing(): boolean {
    return this.playhead.playing;
  }

  /** Every run has diverged, so there is nothing after `last`. */
  get stopped(): boolean {
    const { tracks } = this.recording;
    return tracks.length > 0 && tracks.every((track) => track.divergedAt !== null);
  }

  /** Playing has stopped by itself where all runs were at rest or had diverged, and one of them could go on. */
  get resting(): boolean {
    return this.ended && !this.stopped && this.head === this.endedAt;
  }

  /** The head is at the server's last step, and a run could go on. */
  get atLimit(): boolean {
    return !this.stopped && this.head >= this.limit;
  }

  // --- user actions ---

  /** Steps a second; returns whether it is a speed. */
  setSpeed(stepsPerSecond: number): boolean {
    if (!(stepsPerSecond > 0)) return false;
    this.playhead.speed = stepsPerSecond;
    return true;
  }

  /** At the end of a finished recording: from the beginning. */
  play(): void {
    if (this.head >= this.stopsAt || (this.stopped && this.head >= this.recording.last)) this.playhead.seek(0, this.recording.last);
    this.wentOn ||= this.resting;
    this.setPlaying(true);
  }

  pause(): void {
    this.setPlaying(false);
  }

  /** To a step of the recording. */
  seek(step: number): void {
    this.moveTo(Math.min(step, this.recording.last));
  }

  /** Moves by some steps and pauses; beyond the recording as soon as those records come. */
  stepBy(steps: number): void {
    this.setPlaying(false);
    this.moveTo(Math.max(0, (this.target >= 0 ? this.target : this.head) + steps));
  }

  /** From now on the head is where `lead` says, as far as that is recorded; null: where it is, it stays, at rest. */
  follow(lead: (() => Lead) | null): void {
    this.setPlaying(false);
    this.target = -1;
    this.lead = lead;
  }

  // --- changes of the recording ---

  /** Another experiment; shows `step` as soon as it is recorded. until: a step to which records are made, beside those. */
  begin(kept: readonly (Kept | null)[], step: number, until = -1): void {
    this.recording.begin(kept);
    const { last } = this.recording;
    [this.cutAt, this.through, this.wentOn] = [step > 0 ? step : -1, 0, false];
    this.playhead.seek(step, Math.max(0, last));
    this.target = step > last && step > 0 ? Math.min(step, this.limit) : -1;
    this.until = Math.min(until, step + MOST_AHEAD);
    this.seen = this.head;
    this.goOn();
  }

  /** Records after a step were dropped, and the server starts there again. */
  cut(): void {
    this.target = this.until = -1;
    [this.cutAt, this.wentOn] = [this.recording.last, false];
    this.playhead.keepWithin(this.recording.last);
    this.seen = this.head;
    this.renew();
  }

  append(chunk: EventOf<'chunk'>, now: number): void {
    const before = this.recording.last;
    this.recording.append(chunk);
    this.grants.arrived(this.recording.last - before, now);
  }

  /** Withdraws the grant: another connection or recording. */
  renew(): void {
    this.halted = false;
    this.grants.reset();
  }

  /** The user has changed the experiment: playing that ended by itself resumes. */
  goOn(): void {
    this.halted = false;
    if (this.ended) this.setPlaying(true);
  }

  /** The server has failed. */
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
    const before = this.head;
    if (this.lead) this.followLead(this.lead());
    else if (this.playhead.tick(seconds, Math.min(last, this.stopsAt)) && this.playing) this.stopAtRest(before);
    if (this.target >= 0) this.approachTarget();
    this.seen = Math.max(this.seen, this.head);
    if (!this.lead && this.playing && ((this.stopped && this.head >= last) || this.head >= this.stopsAt)) this.end();
  }

  /** The grant to send now, or null. hidden: the page is not visible. now: milliseconds. */
  nextGrant(hidden: boolean, now: number): number | null {
    if (this.halted || this.stopped) return null;
    const { playing, compiled } = this;
    const limit = Math.min(this.limit, this.stopsAt);
    const head = this.lead ? Math.max(this.head, this.target) : this.head;
    const target = Math.max(this.target, this.until);
    const { speed } = this.playhead;
    return this.grants.next({ head, last: this.recording.last, playing, speed, hidden, compiled, target, limit, now });
  }

  /** Steps between the fits to record with the current grant. */
  every(): number {
    const { last } = this.recording;
    return stride(this.target > last ? (this.target - last) / JUMP_SECONDS : this.playing ? this.stepsPerSecond : 0);
  }

  /** Steps shown a second. */
  private get stepsPerSecond(): number {
    const { speed } = this.playhead;
    return speed < Infinity ? speed : this.grants.rate;
  }

  private followLead({ step, speed }: Lead): void {
    const { last } = this.recording;
    const wanted = Math.min(Math.floor(step), this.limit);
    this.playhead.playing = speed > 0;
    if (speed > 0) this.playhead.speed = speed;
    this.playhead.seek(wanted, last);
    this.target = wanted > last && !this.stopped ? wanted : -1;
  }

  private approachTarget(): void {
    const { last } = this.recording;
    this.playhead.seek(Math.min(this.target, last), last);
    if (last >= this.target || this.stopped) this.target = -1;
  }

  /** Stops where all runs have come to their end since a step; after a change of runs at rest, a while later. */
  private stopAtRest(before: number): void {
    const { tracks, last } = this.recording;
    if (!this.stopsAtRest || this.wentOn) return;
    let end = endOfAll(tracks, before, this.head);
    const patient = this.cutAt >= 0 ? this.cutAt + PATIENCE : -1;
    if (end === null && before < patient && patient <= this.head && tracks.every((track) => hasEnded(track, patient))) end = patient;
    if (end === null || end < this.through) return;
    this.playhead.seek(end, last);
    this.end();
  }

  private end(): void {
    this.playhead.playing = false;
    this.ended = true;
    this.endedAt = this.head;
  }

  private moveTo(step: number): void {
    this.halted = false;
    if (step < this.head) this.wentOn = false;
    const reached = Math.min(step, this.limit, this.stopsAt);
    this.target = reached > this.recording.last && !this.stopped ? reached : -1;
    this.playhead.seek(Math.min(step, this.stopsAt), this.recording.last);
  }

  private setPlaying(playing: boolean): void {
    this.playhead.playing = playing;
    this.halted = false;
    this.ended = false;
  }
}
