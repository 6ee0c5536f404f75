/** A tone whose pitch follows the selected run's loss. Off by default; silent while paused or while the page is hidden. */
import { createContext } from 'svelte';
import { remember, remembered } from '../../core/browser/remember';
import type { DrawState, Session } from '../../core/session/types';
import { floorOf } from '../../views/loss-scene/figures';
import { pitchOf } from './pitch';

/** Low, since it sounds for minutes. */
const VOLUME = 0.06;
/** Time constant in seconds of changes of pitch and volume: smooth, without clicks. */
const GLIDE = 0.03;

export class Sound {
  on = $state(remembered('sound') === 'on');

  private playing = false;
  private pitch: number | null = null;
  private voice: { context: AudioContext; tone: OscillatorNode; volume: GainNode } | null = null;

  toggle(): void {
    this.on = !this.on;
    remember('sound', this.on ? 'on' : 'off');
    this.start();
    this.update();
  }

  /** Follows a session; returns a function that stops. */
  follow(session: Session): () => void {
    const stop = session.onFrame((frame) => this.read(frame));
    const update = (): void => this.update();
    // Browsers allow sound only after the user has interacted with the page.
    const start = (): void => {
      this.start();
      this.update();
    };
    document.addEventListener('visibilitychange', update);
    addEventListener('pointerdown', start);
    addEventListener('keydown', start);
    return () => {
      stop();
      document.removeEventListener('visibilitychange', update);
      removeEventListener('pointerdown', start);
      removeEventListener('keydown', start);
      void this.voice?.context.close();
      this.voice = null;
    };
  }

  /** Whether the play head moves. */
  setPlaying(playing: boolean): void {
    this.playing = playing;
    this.update();
  }

  private read({ recording, scene, selected, head }: DrawState): void {
    const track = recording.tracks[selected];
    if (!track || track.length === 0) return;
    // Silent beyond the last record of a run that has ended.
    this.pitch = head < track.length ? pitchOf(track.loss[head] as number, track.loss[0] as number, scene && floorOf(scene)) : null;
    if (this.on) this.update();
  }

  private start(): void {
    if (!this.on || this.voice || !('AudioContext' in globalThis) || navigator.userActivation?.hasBeenActive === false) return;
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { type: 'triangle' });
    const volume = new GainNode(context, { gain: 0 });
    tone.connect(volume).connect(context.destination);
    tone.start();
    this.voice = { context, tone, volume };
  }

  private update(): void {
    if (!this.voice) return;
    const { context, tone, volume } = this.voice;
    const audible = this.on && this.playing && this.pitch !== null && document.visibilityState === 'visible';
    if (audible && context.state === 'suspended') void context.resume();
    if (audible) tone.frequency.setTargetAtTime(this.pitch as number, context.currentTime, GLIDE);
    volume.gain.setTargetAtTime(audible ? VOLUME : 0, context.currentTime, GLIDE);
  }
}

export const [useSound, provideSound] = createContext<Sound>();
