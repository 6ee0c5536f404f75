/** Opens what the room does now in the page's session, and lets its play head follow the teacher's. */
import { untrack } from 'svelte';
import type { Room } from '../../../core/classroom/room.svelte';
import type { Activity } from '../../../core/classroom/types';
import type { Session } from '../../../core/session/types';

export interface Opened {
  readonly number: number;
  readonly activity: Activity;
  /** The experiment is open. */
  readonly done: boolean;
}

export class FollowActivity {
  /** What was opened last; null before the first activity. */
  now = $state.raw<Opened | null>(null);
  /** What was opened, as text. */
  private key = '';

  /** To be called while a component is initialised. returned: called at each command of a teacher after which phones follow again. */
  constructor(private readonly room: Room, private readonly session: Session, private readonly returned: () => void) {
    $effect(() => this.activityChanged());
    $effect(() => this.played());
  }

  private activityChanged(): void {
    const { activity: part, mine, role } = this.room;
    if (!part?.activity || (role === 'seat' && !mine)) return;
    const { activity, activity_number: number } = part;
    const exploring = activity.kind === 'explore';
    // A document that came again, as after a lost connection, changes nothing; nor does another explored one: it is the seat's own.
    const key = `${number} ${exploring ? '' : JSON.stringify(activity.experiment)}`;
    if (key === this.key) return;
    const changed = this.key.startsWith(`${number} `);
    this.key = key;
    untrack(() => void this.open(number, activity, changed, (exploring && mine?.experiment) || activity.experiment));
  }

  private async open(number: number, activity: Activity, changed: boolean, experiment: Activity['experiment']): Promise<void> {
    const { session, room } = this;
    const exploring = activity.kind === 'explore';
    session.stopAt(activity.until ?? Infinity);
    session.follow(exploring ? null : () => room.lead());
    // While a changed experiment is being opened, the one before stays on screen.
    this.now = { number, activity, done: changed };
    this.springBack(activity);
    // Of a changed experiment the records that both have in common stay.
    const opened = await session.open(experiment, changed ? {} : { step: 0, from: [] });
    if (this.now?.number !== number) return;
    this.now = { number, activity, done: opened || changed };
    if (exploring && opened) {
      session.select(activity.run ?? 0);
      if (room.role === 'seat') session.play();
    }
  }

  private played(): void {
    const { play, activity } = this.room;
    if (!play || !activity?.activity) return;
    const { activity: doing } = activity;
    if (doing.kind === 'explore') return;
    untrack(() => {
      this.session.follow(() => this.room.lead());
      this.springBack(doing);
    });
  }

  private springBack(activity: Activity): void {
    if (activity.kind !== 'watch' || (activity.returns ?? true)) this.returned();
  }
}
