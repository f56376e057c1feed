/** Waiting times between attempts: doubling, bounded, with jitter so that clients do not march. */
export class Backoff {
  private attempt_ = 0;

  constructor(
    private readonly firstMs = 2000,
    private readonly limitMs = 20_000,
    private readonly random: () => number = Math.random,
  ) {}

  /** Attempts since the last success. */
  get attempt(): number {
    return this.attempt_;
  }

  /** The next wait in ms: between half of and the whole of the doubled step. */
  next(): number {
    const step = Math.min(this.limitMs, this.firstMs * 2 ** this.attempt_);
    this.attempt_ += 1;
    return Math.round(step * (0.5 + 0.5 * this.random()));
  }

  reset(): void {
    this.attempt_ = 0;
  }
}
