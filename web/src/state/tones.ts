import type { EventBody, EventType } from '../stream/protocol';

/** Hz: what rises is higher than what falls. */
const pitches: Record<EventType, readonly [up: number, down: number]> = {
  high: [880, 880],
  low: [440, 440],
  trend: [740, 494],
  surge: [1175, 587],
  valuation: [659, 659],
  rule: [988, 988],
  control: [330, 330],
};

/** Events of class 1 sound longer. */
export function toneOf({ type, direction, priority }: EventBody): {
  frequency: number;
  seconds: number;
} {
  const [up, down] = pitches[type] ?? pitches.rule;
  return { frequency: direction === 'down' ? down : up, seconds: priority === 1 ? 0.16 : 0.07 };
}

/** Lets one through every `gapMs`. */
export class Spacing {
  private last = -Infinity;

  constructor(private readonly gapMs: number) {}

  isDue(now: number): boolean {
    if (now - this.last < this.gapMs) {
      return false;
    }
    this.last = now;
    return true;
  }
}
