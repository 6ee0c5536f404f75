/** A live experiment on a fake server, in a time that only tests move. */
import { expect } from 'vitest';
import { experimentOf, FakeServer, lossOf } from './fake-server.testing';
import { LiveExperiment } from './live-experiment';
import type { Replaced } from './types';

export class TestBed {
  readonly server = new FakeServer((event) => this.live.receive(event));
  now = 0;
  hidden = false;
  language: 'en' | 'zh' = 'zh';
  gesture = 0;
  onReplaced = (_: Replaced): void => {};
  readonly live = new LiveExperiment({
    send: (text) => this.server.send(text),
    changed: () => {},
    now: () => this.now,
    hidden: () => this.hidden,
    language: () => this.language,
    gesture: () => this.gesture,
    replaced: (change) => this.onReplaced(change),
  });

  /** speed: as if the user had chosen it; null for none chosen. */
  constructor(speed: number | null = 30) {
    if (speed !== null) this.live.setSpeed(speed);
  }

  /** Display frames at 60 Hz; the server answers between them. */
  frames(count: number, serving = true): void {
    for (let n = 0; n < count; n += 1) {
      this.now += 1000 / 60;
      this.live.tick(1 / 60);
      if (serving) this.server.settle();
    }
  }

  /** An experiment that is open and plays from step 0. */
  async playing(experiment = experimentOf()): Promise<void> {
    this.live.connected();
    this.live.play();
    const opened = this.live.open(experiment);
    this.server.settle();
    expect(await opened).toBe(true);
    this.server.settle();
  }

  losses(run = 0): number[] {
    const track = this.live.player.recording.tracks[run];
    return track ? [...track.loss.subarray(0, track.length)] : [];
  }

  /** Every record held is what the experiment says, without a gap. */
  expectTrue(): void {
    const { experiment, player: { recording } } = this.live;
    if (!experiment) throw new Error('nothing is open');
    expect(recording.last).toBeGreaterThanOrEqual(0);
    experiment.runs.forEach((_, run) => {
      const losses = this.losses(run);
      expect(losses).toEqual(losses.map((_, k) => lossOf(experiment, run, k)));
    });
  }

  disconnect(): void {
    this.server.up = false;
    this.server.forget();
    this.live.lost();
  }

  reconnect(): void {
    this.server.up = true;
    this.live.connected();
    this.server.settle();
    this.server.settle();
  }
}
