import type { Provider } from './options.js';
import { Alarm, type Timers } from './timers.js';

const longestTimer = 2 ** 31 - 1;
const soonest = 1000;

/**
 * Credentials for the first frame, and again before they expire. Times are the server's: its clock
 * is known from heartbeats, so that a wrong clock here does no harm.
 */
export class Credentials {
  private readonly alarm: Alarm;
  private expires: number | undefined;
  private serverTime: { at: number; heard: number } | undefined;

  constructor(
    private readonly token: Provider | undefined,
    private readonly ticket: (() => string | Promise<string>) | undefined,
    private readonly timers: Timers,
    /** Called when it is time for another `auth` frame. */
    private readonly refresh: () => void,
  ) {
    if (token !== undefined && ticket !== undefined) {
      throw new TypeError('give "token" or "ticket", not both');
    }
    this.alarm = new Alarm(timers);
  }

  get needed(): boolean {
    return this.token !== undefined || this.ticket !== undefined;
  }

  /** Another `auth` frame may carry something new. */
  get renewable(): boolean {
    return typeof this.token === 'function' || this.ticket !== undefined;
  }

  /** The `auth` frame; asks the provider. */
  async frame(): Promise<string> {
    return this.ticket
      ? JSON.stringify({ op: 'auth', ticket: await this.ticket() })
      : JSON.stringify({ op: 'auth', token: await this.bearer() });
  }

  /** For the Authorization header of HTTP requests; undefined without a token. */
  async bearer(): Promise<string | undefined> {
    return typeof this.token === 'function' ? this.token() : this.token;
  }

  /** `expires`: milliseconds since 1970 by the server's clock; null: never. */
  accepted(expires: number | null): void {
    this.expires = expires ?? undefined;
    this.schedule();
  }

  /** A heartbeat told the server's time. */
  heard(serverMs: number): void {
    const first = this.serverTime === undefined;
    this.serverTime = { at: serverMs, heard: this.timers.now() };
    if (first) {
      this.schedule();
    }
  }

  /** The provider failed: once more, while there is time. */
  failed(): void {
    this.schedule();
  }

  stop(): void {
    this.alarm.clear();
    this.expires = undefined;
    this.serverTime = undefined;
  }

  private schedule(): void {
    if (this.expires === undefined || this.serverTime === undefined || !this.renewable) {
      return;
    }
    const now = this.serverTime.at + this.timers.now() - this.serverTime.heard;
    const wait = Math.max((this.expires - now) * 0.8, soonest);
    if (wait > longestTimer) {
      this.alarm.set(longestTimer, () => this.schedule());
    } else {
      this.alarm.set(wait, this.refresh);
    }
  }
}
