/** A tone whose pitch is the selected run's loss. Off until asked for; silent while nothing plays or nobody looks. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';
import type { DrawState, Session } from '../../core/session/types';
import { floorOf } from '../../views/loss-scene/figures';
import { pitchOf } from './pitch';

/** Quiet: it goes on for minutes. */
const LOUD = 0.06;
/** Seconds in which pitch and loudness reach what they should be: no clicks, no stairs. */
const GLIDE = 0.03;

export class Sound {
  on = $state(remembered('sound') === 'on');

  private playing = false;
  private pitch: number | null = null;
  private voice: { context: AudioContext; tone: OscillatorNode; volume: GainNode } | null = null;

  toggle(): void {
    this.on = !this.on;
    remember('sound', this.on ? 'on' : 'off');
    this.begin();
    this.speak();
  }

  /** Follows a session; returns the way to stop. */
  follow(session: Session): () => void {
    const stop = session.onFrame((frame) => this.hear(frame));
    const looked = (): void => this.speak();
    // Browsers let nothing sound before a hand has touched the page.
    const touched = (): void => {
      this.begin();
      this.speak();
    };
    document.addEventListener('visibilitychange', looked);
    addEventListener('pointerdown', touched);
    addEventListener('keydown', touched);
    return () => {
      stop();
      document.removeEventListener('visibilitychange', looked);
      removeEventListener('pointerdown', touched);
      removeEventListener('keydown', touched);
      void this.voice?.context.close();
      this.voice = null;
    };
  }

  /** Whether the play head moves. */
  setPlaying(playing: boolean): void {
    this.playing = playing;
    this.speak();
  }

  private hear({ recording, scene, selected, head }: DrawState): void {
    const track = recording.tracks[selected];
    if (!track || track.length === 0) return;
    // A run that has ended, diverged or at rest beyond its last record, has nothing more to say.
    this.pitch = head < track.length ? pitchOf(track.loss[head] as number, track.loss[0] as number, scene && floorOf(scene)) : null;
    if (this.on) this.speak();
  }

  private begin(): void {
    if (!this.on || this.voice || !('AudioContext' in globalThis) || navigator.userActivation?.hasBeenActive === false) return;
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { type: 'triangle' });
    const volume = new GainNode(context, { gain: 0 });
    tone.connect(volume).connect(context.destination);
    tone.start();
    this.voice = { context, tone, volume };
  }

  private speak(): void {
    if (!this.voice) return;
    const { context, tone, volume } = this.voice;
    const heard = this.on && this.playing && this.pitch !== null && document.visibilityState === 'visible';
    if (heard && context.state === 'suspended') void context.resume();
    if (heard) tone.frequency.setTargetAtTime(this.pitch as number, context.currentTime, GLIDE);
    volume.gain.setTargetAtTime(heard ? LOUD : 0, context.currentTime, GLIDE);
  }
}

export const [useSound, provideSound] = createContext<Sound>();
