import { Credentials } from './auth.js';
import { Backoff } from './backoff.js';
import { terminalError } from './close-codes.js';
import { AuthenticationError, ProtocolFault, TickStockError } from './errors.js';
import type { ClientOptions } from './options.js';
import { Pacer } from './pacer.js';
import { Alarm, systemTimers, type Timers } from './timers.js';
import {
  findWebSocket,
  type CloseEventLike,
  type MessageEventLike,
  type WebSocketLike,
} from './transport/websocket.js';
import { parseFrame, type ServerFrame } from './wire/frames.js';
import { toMilliseconds } from './wire/times.js';

export type ClientState = 'idle' | 'connecting' | 'open' | 'waiting' | 'closed';

export interface StateChange {
  state: ClientState;
  /** Of `waiting`: why the connection ended, and milliseconds until the next attempt. */
  reason?: string;
  closeCode?: number;
  retryInMs?: number;
  /** Of `closed` by the server. */
  error?: TickStockError;
}

export interface ConnectionSink {
  /** Subscriptions may be sent. */
  ready(): void;
  /** May throw ProtocolFault: the connection is dropped then. */
  frame(frame: ServerFrame): void;
  /** What was subscribed is no more. */
  lost(): void;
  changed(change: StateChange): void;
  fault(fault: ProtocolFault): void;
}

/** From a socket's `error` to its `close`. */
const errorGraceMs = 250;

function because(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The line to the server: connects, authenticates, watches heartbeats, comes back after a random
 * wait, and stops for good where the close code says so.
 */
export class Connection {
  readonly credentials: Credentials;
  state: ClientState = 'idle';

  private readonly timers: Timers;
  private readonly backoff: Backoff;
  private readonly pacer: Pacer;
  private readonly retry: Alarm;
  private readonly limit: Alarm;
  private readonly watch: Alarm;
  private readonly heartbeatMs: number;
  private readonly connectTimeoutMs: number;
  private socket: WebSocketLike | undefined;
  private authenticated = false;
  private heardAt = 0;

  constructor(
    private readonly url: string,
    private readonly options: ClientOptions,
    private readonly sink: ConnectionSink,
  ) {
    this.timers = options.timers ?? systemTimers;
    this.backoff = new Backoff(options.reconnect ?? {}, options.random ?? Math.random);
    this.heartbeatMs = options.heartbeatMs ?? 2000;
    this.connectTimeoutMs = options.connectTimeoutMs ?? 15_000;
    this.credentials = new Credentials(options.token, options.ticket, this.timers, () => {
      void this.renew();
    });
    this.pacer = new Pacer(this.timers, (text) => this.socket?.send(text));
    this.retry = new Alarm(this.timers);
    this.limit = new Alarm(this.timers);
    this.watch = new Alarm(this.timers);
  }

  connect(): void {
    if (this.state === 'idle') {
      void this.attempt();
    }
  }

  retryNow(): void {
    if (this.state === 'waiting') {
      this.retry.clear();
      void this.attempt();
    }
  }

  /** Sends when its turn comes; see Pacer. */
  send(make: () => string | undefined): void {
    this.pacer.add(make);
  }

  close(error?: TickStockError): void {
    if (this.state !== 'closed') {
      this.drop();
      this.retry.clear();
      this.change({ state: 'closed', ...(error && { error }) });
    }
  }

  private change(change: StateChange): void {
    this.state = change.state;
    this.sink.changed(change);
  }

  private async attempt(): Promise<void> {
    this.change({ state: 'connecting' });
    try {
      const SocketClass = await findWebSocket(this.options.WebSocket);
      // Before the line is open: the server waits 5 s only.
      const auth = this.credentials.needed ? await this.credentials.frame() : undefined;
      if (this.state === 'connecting') {
        this.open(new SocketClass(this.url), auth);
      }
    } catch (error) {
      if (this.state === 'connecting') {
        this.wait({ code: 1006, reason: because(error) });
      }
    }
  }

  private open(socket: WebSocketLike, auth: string | undefined): void {
    this.socket = socket;
    this.limit.set(this.connectTimeoutMs, () => {
      this.lost(socket, { code: 1006, reason: 'no connection in time' });
    });
    socket.onopen = () => {
      if (socket === this.socket) {
        this.pacer.restart();
        if (auth === undefined) {
          this.ready();
        } else {
          this.pacer.add(() => auth);
        }
      }
    };
    socket.onmessage = (event: MessageEventLike) => this.receive(socket, event.data);
    socket.onclose = (event: CloseEventLike) => this.lost(socket, event);
    socket.onerror = () => {
      // `close` follows and says more; some Node 22 leave it out when nobody answers.
      if (socket === this.socket) {
        const close = { code: 1006, reason: 'the connection failed' };
        this.limit.set(errorGraceMs, () => this.lost(socket, close));
      }
    };
  }

  private ready(): void {
    this.limit.clear();
    this.heardAt = this.timers.now();
    this.watchSilence();
    this.change({ state: 'open' });
    this.sink.ready();
  }

  private receive(socket: WebSocketLike, data: unknown): void {
    if (socket !== this.socket) {
      return;
    }
    this.heardAt = this.timers.now();
    try {
      if (typeof data !== 'string') {
        throw new ProtocolFault('a message that is not text');
      }
      this.handle(parseFrame(data));
    } catch (error) {
      // What this frame held is unknown: the next connection asks for it again.
      const fault =
        error instanceof ProtocolFault
          ? error
          : new ProtocolFault(`unreadable frame: ${because(error)}`, { cause: error });
      this.sink.fault(fault);
      this.lost(socket, { code: 1006, reason: fault.message });
    }
  }

  private handle(frame: ServerFrame): void {
    if (frame.op === 'heartbeat') {
      this.credentials.heard(toMilliseconds(frame.ts));
    } else if (frame.op === 'authenticated') {
      this.authenticated = true;
      this.credentials.accepted(frame.expires === null ? null : toMilliseconds(frame.expires));
      if (this.state === 'connecting') {
        this.ready();
      }
    }
    if (frame.op !== 'heartbeat' || this.state === 'open') {
      this.backoff.reset();
    }
    this.sink.frame(frame);
  }

  /** Another `auth` frame on the open line, before the credentials expire. */
  private async renew(): Promise<void> {
    const socket = this.socket;
    try {
      const frame = await this.credentials.frame();
      if (socket !== undefined && socket === this.socket) {
        this.pacer.add(() => frame, true);
      }
    } catch {
      if (socket === this.socket) {
        this.credentials.failed();
      }
    }
  }

  private watchSilence(): void {
    const setAt = this.timers.now();
    this.watch.set(this.heartbeatMs, () => {
      const now = this.timers.now();
      if (now - setAt > 2 * this.heartbeatMs) {
        // This process slept; frames that came meanwhile are handled after this timer.
        this.heardAt = now;
      }
      if (now - this.heardAt >= 3 * this.heartbeatMs && this.socket) {
        this.lost(this.socket, { code: 1006, reason: 'no heartbeat from the server' });
      } else {
        this.watchSilence();
      }
    });
  }

  /** The socket is gone, or is given up here. */
  private lost(socket: WebSocketLike, close: CloseEventLike): void {
    if (socket !== this.socket) {
      return;
    }
    const error = terminalError(close);
    // Credentials that had been good have expired, and there may be new ones.
    const expired =
      error instanceof AuthenticationError && this.authenticated && this.credentials.renewable;
    this.drop();
    if (error && !expired) {
      this.change({ state: 'closed', error });
    } else {
      this.wait(close);
    }
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = undefined;
    this.authenticated = false;
    this.pacer.stop();
    this.limit.clear();
    this.watch.clear();
    this.credentials.stop();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null; // `error` may still come
      socket.close(1000, '');
      this.sink.lost();
    }
  }

  private wait({ code, reason }: CloseEventLike): void {
    const retryInMs = this.backoff.next();
    this.retry.set(retryInMs, () => void this.attempt());
    this.change({ state: 'waiting', closeCode: code, reason, retryInMs });
  }
}
