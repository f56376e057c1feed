import type { Status } from '../stream/status';

/** The figures of one channel at one answer of the status. */
export interface ChannelPoint {
  recordsPerSecond: number;
  queueSize: number;
}

/** The last few minutes of what the status tells, one point an answer. Bounded. */
export class Trail {
  static readonly points = 120;
  private readonly channels = new Map<string, ChannelPoint[]>();
  private threads: { at: number; cpu: Map<string, number> }[] = [];

  add(status: Status, now: number): void {
    for (const { name, recordsPerSecond, queueSize } of status.channels) {
      const points = this.channels.get(name) ?? [];
      points.push({ recordsPerSecond, queueSize });
      if (points.length > Trail.points) {
        points.shift();
      }
      this.channels.set(name, points);
    }
    const cpu = new Map(status.machine.threads.map((each) => [each.name, each.cpuSeconds]));
    this.threads.push({ at: now, cpu });
    if (this.threads.length > 10) {
      this.threads.shift();
    }
  }

  /** A copy, oldest first. */
  of(channel: string): ChannelPoint[] {
    return [...(this.channels.get(channel) ?? [])];
  }

  /** Part of one processor that a thread used over the last answers; null while not known. */
  cpuOf(thread: string): number | null {
    const first = this.threads.find((each) => each.cpu.has(thread));
    const last = this.threads[this.threads.length - 1];
    const before = first?.cpu.get(thread);
    const after = last?.cpu.get(thread);
    if (first === undefined || last === undefined || first === last) {
      return null;
    }
    if (before === undefined || after === undefined || after < before) {
      return null; // it is gone, or another process answers
    }
    return (1000 * (after - before)) / (last.at - first.at);
  }
}
