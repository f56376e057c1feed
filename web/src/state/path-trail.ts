import type { PathLatencies } from './rollout';

/** One point of the chart; ms. Null = nothing was measured then. */
export interface PathPoint {
  /** Wall time in seconds. */
  at: number;
  linear: number | null;
  multiChannel: number | null;
}

/**
 * Mean latency of both paths over the last minutes, from totals that only grow: a point is the mean
 * of what came since the answer before. Bounded.
 */
export class PathTrail {
  static readonly points = 300;
  points: readonly PathPoint[] = [];
  private last: PathLatencies | null = null;

  add(latency: PathLatencies, atMs: number): void {
    const before = this.last;
    this.last = latency;
    if (before === null || latency.linear.count < before.linear.count) {
      return; // the first answer, or another process answers
    }
    const since = (path: 'linear' | 'multiChannel'): number | null => {
      const count = latency[path].count - before[path].count;
      const seconds =
        latency[path].mean * latency[path].count - before[path].mean * before[path].count;
      return count > 0 ? Math.max(0, (1000 * seconds) / count) : null;
    };
    const point = { at: atMs / 1000, linear: since('linear'), multiChannel: since('multiChannel') };
    this.points = [...this.points, point].slice(-PathTrail.points);
  }
}
