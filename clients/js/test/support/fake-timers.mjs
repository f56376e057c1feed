/** Timers whose time passes only by advance(). */
export class FakeTimers {
  constructor() {
    this.time = 0;
    this.tasks = new Map();
    this.last = 0;
  }

  now() {
    return this.time;
  }

  setTimeout(task, milliseconds) {
    this.tasks.set(++this.last, { at: this.time + milliseconds, task });
    return this.last;
  }

  clearTimeout(id) {
    this.tasks.delete(id);
  }

  /** Milliseconds until the next task; undefined when there is none. */
  get nextIn() {
    const times = [...this.tasks.values()].map(({ at }) => at - this.time);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  async advance(milliseconds) {
    const end = this.time + milliseconds;
    await settle();
    for (;;) {
      const due = [...this.tasks].filter(([, { at }]) => at <= end);
      if (due.length === 0) {
        break;
      }
      due.sort(([a, x], [b, y]) => x.at - y.at || a - b);
      const [id, { at, task }] = due[0];
      this.tasks.delete(id);
      this.time = Math.max(this.time, at);
      task();
      await settle();
    }
    this.time = end;
  }
}

/** Lets promises that are ready go on. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}
