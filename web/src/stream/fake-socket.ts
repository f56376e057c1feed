import type { SocketLike } from './connection';

/** A socket and a clock for tests: what was sent is kept, the server's part is played by hand. */
export class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: ((close: { code: number; reason: string }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closedWith: number | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
  }

  open(): void {
    this.onopen?.();
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason });
  }
}

/** Timers that run when the test says so. */
export class FakeTime {
  now = 0;
  private next = 1;
  private readonly timers = new Map<number, { at: number; task: () => void }>();

  set(task: () => void, ms: number): number {
    this.timers.set(this.next, { at: this.now + ms, task });
    return this.next++;
  }

  clear(timer: number): void {
    this.timers.delete(timer);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end);
      due.sort((a, b) => a[1].at - b[1].at);
      const first = due[0];
      if (first === undefined) {
        break;
      }
      this.timers.delete(first[0]);
      this.now = first[1].at;
      first[1].task();
    }
    this.now = end;
  }
}
