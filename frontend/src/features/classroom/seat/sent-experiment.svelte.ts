/** Sends the room what a seat makes of the experiment it explores: after each change, one at a time, the latest one. */
import { compact } from '../../../core/experiment/compact';
import { RoomRefused, type Room } from '../../../core/classroom/room.svelte';
import type { Experiment } from '../../../core/protocol/wire';
import type { Session } from '../../../core/session/types';

export class SentExperiment {
  /** The room has the experiment that is open here. */
  upToDate = $state(false);
  fault = $state('');
  private under = false;
  /** What the room has, as text. */
  private has: string;

  /** To be called while a component is initialised, once the experiment is open. number: of the activity. */
  constructor(private readonly room: Room, private readonly session: Session, private readonly number: number) {
    this.has = textOf(session.experiment);
    this.upToDate = room.mine?.experiment != null;
    $effect(() => {
      if (this.room.connection === 'live' && textOf(this.session.experiment) !== this.has) void this.send();
    });
  }

  private async send(): Promise<void> {
    const { experiment } = this.session;
    if (!experiment || this.under) return;
    const text = textOf(experiment);
    if (text === this.has) return;
    this.under = true;
    this.upToDate = false;
    try {
      await this.room.send({ op: 'explore', activity: this.number, experiment: compact(experiment) });
      this.has = text;
      this.fault = '';
    } catch (error) {
      if (!(error instanceof RoomRefused)) throw error;
      if (error.code === 'lost') return; // sent again when the room is back
      this.has = text;
      this.fault = error.message;
    } finally {
      this.under = false;
    }
    this.upToDate = this.fault === '' && textOf(this.session.experiment) === this.has;
    void this.send();
  }
}

function textOf(experiment: Experiment | null): string {
  return experiment ? JSON.stringify(compact(experiment)) : '';
}
