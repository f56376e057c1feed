export interface BackoffOptions {
  /** The first wait is a random one from `minMs` (1,000) to `maxMs` (10,000). */
  minMs?: number;
  maxMs?: number;
  /** Doubled with each failure in a row, up to this (60,000). */
  capMs?: number;
}

/** Waits between attempts to connect: random, so that many clients do not come back at once. */
export class Backoff {
  private failures = 0;
  private readonly minMs: number;
  private readonly maxMs: number;
  private readonly capMs: number;

  constructor(
    { minMs = 1000, maxMs = 10_000, capMs = 60_000 }: BackoffOptions,
    private readonly random: () => number,
  ) {
    if (!(minMs >= 0 && maxMs >= minMs && capMs >= maxMs)) {
      throw new RangeError('reconnect needs 0 ≤ minMs ≤ maxMs ≤ capMs');
    }
    this.minMs = minMs;
    this.maxMs = maxMs;
    this.capMs = capMs;
  }

  get attempt(): number {
    return this.failures;
  }

  next(): number {
    const scale = 2 ** Math.min(this.failures++, 30);
    const high = Math.min(this.maxMs * scale, this.capMs);
    const low = Math.min(this.minMs * scale, high / 2); // random at the cap as well
    return low + this.random() * (high - low);
  }

  reset(): void {
    this.failures = 0;
  }
}
