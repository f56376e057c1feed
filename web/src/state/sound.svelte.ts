import type { EventBody } from '../stream/protocol';
import { Spacing, toneOf } from './tones';

const leastGapMs = 120;

/**
 * A short tone for each event, off until a person asks for it in this page: browsers let no page
 * sound unasked, and nobody should be startled by a kept choice.
 */
class Sound {
  on = $state(false);
  private context: AudioContext | null = null;
  private readonly spacing = new Spacing(leastGapMs);

  toggle(): void {
    this.on = !this.on;
    if (this.on) {
      this.context ??= new AudioContext();
      void this.context.resume();
      this.play({ frequency: 660, seconds: 0.06 });
    }
  }

  /** Of many at once it sounds for some only. */
  event(event: EventBody): void {
    if (this.on && this.spacing.isDue(performance.now())) {
      this.play(toneOf(event));
    }
  }

  private play({ frequency, seconds }: { frequency: number; seconds: number }): void {
    const { context } = this;
    if (context === null || context.state === 'closed') {
      return;
    }
    const start = context.currentTime;
    const tone = new OscillatorNode(context, { frequency });
    const loud = new GainNode(context, { gain: 0 });
    loud.gain.linearRampToValueAtTime(0.08, start + 0.005);
    loud.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
    tone.connect(loud).connect(context.destination);
    tone.start(start);
    tone.stop(start + seconds);
  }
}

export const sound = new Sound();
