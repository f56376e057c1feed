import { Alarm, type Timers } from './timers.js';

const burst = 30;
const perSecond = 15;

/**
 * Sends messages no faster than the server takes them (20 a second with a burst of 40, past which it
 * closes with 1008); stays below, for messages may bunch up on the way.
 */
export class Pacer {
  private queue: (() => string | undefined)[] = [];
  private tokens = burst;
  private filledAt: number;
  private readonly alarm: Alarm;

  constructor(
    private readonly timers: Timers,
    private readonly send: (text: string) => void,
  ) {
    this.filledAt = timers.now();
    this.alarm = new Alarm(timers);
  }

  /** `make` is called when the message goes out; undefined: it is not needed any more. */
  add(make: () => string | undefined, first = false): void {
    if (first) {
      this.queue.unshift(make);
    } else {
      this.queue.push(make);
    }
    this.pump();
  }

  /** A new connection: nothing waits, and its allowance is whole. */
  restart(): void {
    this.stop();
    this.tokens = burst;
    this.filledAt = this.timers.now();
  }

  stop(): void {
    this.queue = [];
    this.alarm.clear();
  }

  private pump(): void {
    const now = this.timers.now();
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
    this.filledAt = now;
    while (this.tokens >= 1) {
      const make = this.queue.shift();
      if (!make) {
        this.alarm.clear();
        return;
      }
      const text = make();
      if (text !== undefined) {
        this.tokens -= 1;
        this.send(text);
      }
    }
    if (this.queue.length > 0) {
      this.alarm.set(Math.ceil(((1 - this.tokens) / perSecond) * 1000), () => this.pump());
    }
  }
}
