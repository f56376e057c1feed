/** Sums by time bucket over a sliding window: O(1) an addition, fixed memory. */
export class BucketSeries {
  private readonly sums: Float64Array;
  private newest = -1;

  constructor(
    readonly buckets: number,
    readonly bucketMs: number,
  ) {
    this.sums = new Float64Array(buckets);
  }

  add(time: number, amount = 1): void {
    const bucket = Math.floor(time / this.bucketMs);
    this.advance(time);
    if (bucket > this.newest - this.buckets) {
      const at = bucket % this.buckets;
      this.sums[at] = (this.sums[at] ?? 0) + amount;
    }
  }

  /** Moves the window's end to `time`, emptying what has come into it. */
  advance(time: number): void {
    const bucket = Math.floor(time / this.bucketMs);
    const from = Math.max(this.newest + 1, bucket - this.buckets + 1);
    for (let each = from; each <= bucket; ++each) {
      this.sums[each % this.buckets] = 0;
    }
    this.newest = Math.max(this.newest, bucket);
  }

  /** Oldest first, one value a bucket. */
  values(): number[] {
    const from = this.newest + 1;
    return Array.from(
      { length: this.buckets },
      (_, i) => this.sums[(from + i) % this.buckets] ?? 0,
    );
  }

  /** Start of each bucket in seconds, oldest first. */
  times(): number[] {
    const from = this.newest - this.buckets + 1;
    return Array.from({ length: this.buckets }, (_, i) => ((from + i) * this.bucketMs) / 1000);
  }

  /** Sum over the last `count` buckets. */
  total(count = this.buckets): number {
    return this.values()
      .slice(-count)
      .reduce((sum, value) => sum + value, 0);
  }

  clear(): void {
    this.sums.fill(0);
    this.newest = -1;
  }
}
