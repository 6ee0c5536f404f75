/** The answer that a seat gives: sent until the room has stored it, also across lost connections. */
import { RoomRefused, type Room } from '../../../core/classroom/room.svelte';
import type { Answer } from '../../../core/classroom/types';

export class GivenAnswer {
  /** What the student wants to answer, and is not stored yet. */
  private wanted = $state.raw<Answer | null>(null);
  /** Stored, though the room has not said so in a part yet. */
  private stored = $state.raw<Answer | null>(null);
  private under = false;
  fault = $state('');

  /** To be called while a component is initialised. number: of the activity. */
  constructor(private readonly room: Room, private readonly number: number) {
    $effect(() => {
      if (this.room.connection === 'live' && this.wanted) void this.send();
    });
  }

  /** What counts: the answer that the room has; null for none. */
  get counted(): Answer | null {
    return this.stored ?? this.room.mine?.answer ?? null;
  }

  /** On its way. */
  get sending(): boolean {
    return this.wanted !== null;
  }

  give(answer: Answer): void {
    this.fault = '';
    this.wanted = answer;
    void this.send();
  }

  private async send(): Promise<void> {
    const { wanted } = this;
    if (!wanted || this.under || this.room.connection !== 'live') return;
    this.under = true;
    try {
      await this.room.send({ op: 'answer', activity: this.number, answer: wanted });
      this.stored = wanted;
      if (this.wanted === wanted) this.wanted = null;
    } catch (error) {
      if (!(error instanceof RoomRefused)) throw error;
      if (error.code !== 'lost') {
        this.fault = error.message;
        this.wanted = null;
      }
    } finally {
      this.under = false;
    }
    if (this.wanted && this.wanted !== wanted) void this.send(); // changed meanwhile
  }
}
