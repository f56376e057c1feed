/** The clock and timers that the client runs on; tests give it their own. */
export interface Timers {
  /** Milliseconds that never go back; where they begin does not matter. */
  now(): number;
  setTimeout(task: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  setTimeout: (task, milliseconds) => setTimeout(task, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** One task at a time: setting it again replaces the former. */
export class Alarm {
  private timer: unknown;

  constructor(private readonly timers: Timers) {}

  set(milliseconds: number, task: () => void): void {
    this.clear();
    this.timer = this.timers.setTimeout(() => {
      this.timer = undefined;
      task();
    }, milliseconds);
  }

  clear(): void {
    if (this.timer !== undefined) {
      this.timers.clearTimeout(this.timer);
      this.timer = undefined;
    }
  }
}
