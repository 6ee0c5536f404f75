/**
 * Keeps a teacher's page and the room together: what the room does is open on the page, and what the teacher changes and
 * plays there goes to the room. Several teacher screens of one room follow each other.
 */
import { same } from '../experiment/fork';
import type { Experiment } from '../protocol/wire';
import { lastSharedStep } from '../session/shared-past';
import type { Session } from '../session/types';
import { RoomRefused, type Room } from './room.svelte';
import type { Activity, RoomCommandBody, RoomEventOf } from './types';

/** Seconds in which an activity plays to its end, at FEWEST steps a second at least. */
const SECONDS = 8;
const FEWEST = 4;
/** Steps a second that a room takes at most. */
const MAX_SPEED = 1000;
/** Of a watched experiment, as in the protocol. */
const DEFAULT_UNTIL = 1000;
type Lesson = RoomEventOf<'lesson'>['lesson'];

/** Milliseconds between two commands that say where the play head is. */
const APART = 150;
/** And after one that had no effect for a reason that passes. */
const RETRY = 1000;
const PASSING: readonly string[] = ['lost', 'conflict'];
/** The phones' play head may be so many steps, and so many seconds of playing, away from the teacher's. */
const STEPS_OFF = 3;
const SECONDS_OFF = 0.4;

export class Teaching {
  /** Why the last command had no effect; null where it had. */
  fault = $state.raw<RoomRefused | null>(null);

  /** The lesson that the page has sent. number: of the room's event; null until it is stored. */
  private sentLesson = $state.raw<{ readonly lesson: Lesson; readonly number: number | null } | null>(null);

  /** What page and room both have. */
  private agreed: Experiment | null = null;
  /** Numbers of the latest parts that the page has taken over, or caused. */
  private seenActivity = -1;
  private seenPlay = -1;
  private seenNumber = -1;
  private busy = false;
  private playBusy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private playedAt = -Infinity;
  private stopped = false;
  /** The page was hidden while it played: its play head stood still, and the phones' went on. */
  private behind = false;

  constructor(readonly room: Room, readonly session: Session, private readonly now: () => number = () => performance.now()) {
    document.addEventListener('visibilitychange', this.seen);
  }

  /** Sends a command; false, with `fault` set, where it was refused or lost. */
  async send(command: RoomCommandBody): Promise<number | false> {
    try {
      const number = await this.room.send(command);
      this.fault = null;
      return number;
    } catch (error) {
      if (!(error instanceof RoomRefused)) throw error;
      this.fault = error;
      return false;
    }
  }

  /** The room's lesson as this page has changed it last, so that the next change is one of that; null: none. */
  get lesson(): Lesson {
    const { sentLesson: sent, room: { lesson: part } } = this;
    if (sent && (sent.number === null || sent.number > (part?.number ?? -1))) return sent.lesson;
    return part?.lesson ?? null;
  }

  async changeLesson(lesson: Lesson): Promise<void> {
    const sent = { lesson, number: null };
    this.sentLesson = sent;
    const number = await this.send({ op: 'lesson', lesson });
    if (this.sentLesson === sent) this.sentLesson = number === false ? null : { lesson, number };
  }

  /** step: of the room's lesson, that the activity is taken from. */
  begin(activity: Activity, step: number | null = null): Promise<number | false> {
    return this.send({ op: 'begin', activity, lesson_step: step });
  }

  /** Plays from the start, on this page and on every phone. */
  run(): void {
    this.session.seek(0);
    this.session.play();
  }

  /** Call when the room's activity or the page's experiment may have changed. */
  experimentsChanged(): void {
    const { activity: part, connection } = this.room;
    const { experiment } = this.session;
    if (!part?.activity || this.busy || !experiment || connection !== 'live' || this.session.connection !== 'live') return;
    if (part.number > this.seenActivity) void this.takeOver();
    else if (part.activity.kind === 'watch' && this.agreed && !same(experiment, this.agreed)) void this.tell(experiment);
  }

  /** Call when a play head may have moved: the page's, or the room's. */
  headsChanged(): void {
    const { activity: part, play, connection } = this.room;
    if (!part?.activity || this.busy || this.playBusy || connection !== 'live' || part.number > this.seenActivity) return;
    if (part.activity.kind === 'explore' || part.phase === 'open') return;
    const isNew = play && play.number > this.seenPlay;
    if (isNew) this.seenPlay = play.number;
    // Where nobody has moved it yet, the teacher may have pressed "play" while the activity was being opened.
    this.behind &&= this.session.playing; // what the teacher does counts
    if (this.behind && (document.visibilityState === 'hidden' || this.room.doubtful)) return;
    if ((isNew || this.behind) && play?.playing) this.join();
    else if (this.isOff()) this.tellSoon();
  }

  stop(): void {
    this.stopped = true;
    document.removeEventListener('visibilitychange', this.seen);
    clearTimeout(this.timer);
  }

  /** Opens on the page what the room does now. */
  private async takeOver(): Promise<void> {
    const { room, session } = this;
    const part = room.activity;
    if (!part?.activity) return;
    const { activity, phase, activity_number } = part;
    const until = lastStep(activity);
    this.busy = true;
    this.seenActivity = part.number;
    const isNew = activity_number !== this.seenNumber;
    this.seenNumber = activity_number;
    if (isNew) {
      session.pause();
      session.setSpeed(Math.max(FEWEST, Math.round(until / SECONDS))); // before it is open: the teacher may choose another meanwhile
    }
    if (!session.experiment || !same(session.experiment, activity.experiment)) {
      await session.open(activity.experiment, isNew ? { from: [] } : {});
    }
    session.stopAt(phase === 'open' ? 0 : until);
    if (isNew) session.seek(0);
    this.agreed = session.experiment;
    this.busy = false;
    this.experimentsChanged();
    this.headsChanged();
  }

  /** The teacher has changed the watched experiment. */
  private async tell(experiment: Experiment): Promise<void> {
    const { room, session, agreed } = this;
    if (!agreed || !room.activity) return;
    this.busy = true;
    const step = Math.min(sharedStep(agreed, experiment), session.head);
    const number = await this.send({ op: 'update', activity: room.activity.activity_number, experiment, step });
    this.agreed = experiment;
    if (number !== false) this.seenActivity = Math.max(this.seenActivity, number);
    this.busy = false;
    this.experimentsChanged();
    this.headsChanged();
  }

  private readonly seen = (): void => {
    if (document.visibilityState === 'hidden') this.behind ||= this.session.playing && (this.room.play?.playing?.speed ?? 0) > 0;
    else this.headsChanged();
  };

  /** Another screen has moved the room's play head. */
  private join(): void {
    const { session } = this;
    const { step, speed } = this.room.lead();
    this.behind = false;
    session.seek(Math.floor(step));
    if (speed > 0) {
      session.setSpeed(speed);
      session.play();
    } else session.pause();
  }

  /** Whether the phones' play head is not where the teacher's is. */
  private isOff(): boolean {
    const { playing, speed, head } = this.session;
    const lead = this.room.lead();
    const own = playing ? Math.min(speed, MAX_SPEED) : 0;
    if (own !== lead.speed) return true;
    return Math.abs(head - lead.step) >= (own === 0 ? 1 : Math.max(STEPS_OFF, own * SECONDS_OFF));
  }

  private tellSoon(): void {
    clearTimeout(this.timer);
    const wait = this.playedAt + APART - this.now();
    if (wait > 0) this.timer = setTimeout(() => this.headsChanged(), wait);
    else void this.tellHead();
  }

  private async tellHead(): Promise<void> {
    const { room, session } = this;
    const part = room.activity;
    if (!part?.activity) return;
    this.playBusy = true;
    this.playedAt = this.now();
    const number = await this.send({
      op: 'play',
      activity: part.activity_number,
      step: Math.min(session.head, lastStep(part.activity)),
      speed: session.playing ? Math.min(session.speed, MAX_SPEED) : 0,
    });
    if (number !== false) this.seenPlay = Math.max(this.seenPlay, number);
    this.playBusy = false;
    if (number !== false) this.headsChanged();
    // The head may rest, and then nothing else would tell it.
    else if (!this.stopped && this.fault && PASSING.includes(this.fault.code)) this.timer = setTimeout(() => this.headsChanged(), RETRY);
  }
}

/** Where an activity ends. The server fills in what a lesson leaves out. */
function lastStep({ until = DEFAULT_UNTIL }: Activity): number {
  return until;
}

/** The last step up to which the records of both experiments are the same; 0 where they differ from the start. */
export function sharedStep(earlier: Experiment, later: Experiment): number {
  if (earlier.runs.length !== later.runs.length) return 0;
  return Math.max(0, Math.min(...later.runs.map((_, run) => lastSharedStep(earlier, run, later, run))));
}
