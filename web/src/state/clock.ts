const leastApartMs = 250;

/**
 * The market's own clock, as the server tells it, and how long ago it last moved. Between two
 * tellings it runs on at the pace it had, for at most `runOnMs`: a feed that stands still shows a
 * clock that stands still.
 */
export class MarketClock {
  private marketMs = 0;
  private heardAt = 0;
  private pace = 0;
  private movedAt = 0;

  constructor(private readonly runOnMs = 1500) {}

  /** Status polls: regular tellings, which give the pace too. */
  tell(marketMs: number, now: number): void {
    // Answers that were held up come close together, and say nothing of the pace.
    if (this.marketMs > 0 && now - this.heardAt >= leastApartMs) {
      this.pace = Math.max(0, (marketMs - this.marketMs) / (now - this.heardAt));
    }
    if (marketMs !== this.marketMs) {
      this.movedAt = now;
    }
    this.marketMs = marketMs;
    this.heardAt = now;
  }

  /** An event: proof that the market moves; never sets the clock back. */
  sawEvent(now: number): void {
    this.movedAt = now;
  }

  /** Market time in ms; 0 before anything is known. */
  at(now: number): number {
    if (this.marketMs === 0) {
      return 0;
    }
    return this.marketMs + this.pace * Math.min(this.runOnMs, now - this.heardAt);
  }

  /** Ms since the market last moved; null before it ever did. */
  age(now: number): number | null {
    return this.movedAt === 0 ? null : now - this.movedAt;
  }
}
