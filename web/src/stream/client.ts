import { Backoff } from './backoff';
import type { SocketLike, StreamOptions } from './connection';
import { parseExact } from './json';
import { list, text } from './read';
import { isTerminalClose, type Position, type ServerFrame } from './protocol';

type Frame<Op> = Extract<ServerFrame, { op: Op }>;

/**
 * One subscription that survives its connections: it remembers epoch and offset, resumes after a
 * lost line, reports what could not be recovered, and takes a fresh snapshot then. Where the server
 * wants to know who this is, each connection begins with a ticket. Runs on the page's one thread;
 * handlers are called from the socket's callbacks.
 */
export class StreamClient {
  private readonly options: StreamOptions;
  private readonly backoff: Backoff;
  private readonly silenceLimitMs: number;
  private socket: SocketLike | null = null;
  /** Number of the attempt that waits for its ticket; null = none does. */
  private ticketFor: number | null = null;
  private attempts = 0;
  /** All up to here was taken; null before the first snapshot is whole. */
  private position: Position | null = null;
  /** The epoch that the handlers were told of last. */
  private epoch = '';
  /** Of the running subscription; each has an id of its own, so that late frames are told apart. */
  private id = '';
  private subscriptions = 0;
  private lastHeard = 0;
  private retryTimer: unknown = null;
  private silenceTimer: unknown = null;

  constructor(options: StreamOptions) {
    this.options = options;
    this.backoff = options.backoff ?? new Backoff();
    this.silenceLimitMs = options.silenceLimitMs ?? 7000;
  }

  start(): void {
    this.connect();
  }

  stop(): void {
    this.ticketFor = null;
    this.dropSocket(1000, 'page closed');
    this.clear(this.retryTimer);
    this.options.handlers.onState({ kind: 'stopped', code: 1000, reason: 'stopped' });
  }

  /** Ends a wait between attempts, or tries once more after a terminal close. */
  retryNow(): void {
    if (this.socket === null && this.ticketFor === null) {
      this.clear(this.retryTimer);
      this.connect();
    }
  }

  private connect(): void {
    this.options.handlers.onState({ kind: 'connecting', attempt: this.backoff.attempt });
    const ticket = this.options.ticket?.() ?? null;
    if (ticket === null) {
      this.openSocket(null);
      return;
    }
    const attempt = ++this.attempts;
    this.ticketFor = attempt;
    const isCurrent = (): boolean => this.ticketFor === attempt;
    ticket.then(
      (word) => isCurrent() && this.openSocket(word),
      (error) => isCurrent() && this.lost(1006, `no ticket: ${String(error?.message ?? error)}`),
    );
  }

  private openSocket(ticket: string | null): void {
    this.ticketFor = null;
    const socket = this.options.createSocket();
    this.socket = socket;
    this.lastHeard = this.now();
    this.watchSilence();
    socket.onopen = () =>
      ticket === null ? this.subscribe(this.position) : this.send({ op: 'auth', ticket });
    socket.onmessage = (message) => this.receive(message.data);
    socket.onclose = (close) => this.lost(close.code, close.reason);
  }

  private subscribe(since: Position | null): void {
    this.id = `tape-${++this.subscriptions}`;
    this.send({
      ...this.options.subscription,
      op: 'subscribe',
      id: this.id,
      since: since ?? 'snapshot',
    });
  }

  private receive(data: unknown): void {
    this.lastHeard = this.now();
    this.options.handlers.onHeard?.(this.lastHeard);
    let frame: ServerFrame;
    try {
      frame = parseExact(String(data)) as ServerFrame;
    } catch {
      this.options.handlers.onError?.('bad_frame', 'the server sent a frame that is no JSON');
      return;
    }
    if (frame.op === 'error') {
      this.options.handlers.onError?.(frame.code, frame.message);
    } else if (frame.op === 'authenticated') {
      this.options.handlers.onAuthenticated?.(frame.user, frame.role);
      this.subscribe(this.position);
    } else if (frame.op === 'user_filters') {
      this.tellUserFilters(frame.filters);
    } else if ('id' in frame && frame.id === this.id) {
      this.dispatch(frame);
    }
  }

  private dispatch(frame: ServerFrame): void {
    switch (frame.op) {
      case 'subscribed':
        return this.subscribed(frame);
      case 'snapshot':
        return this.snapshot(frame);
      case 'events':
        return this.events(frame);
      case 'gap':
        return this.gap(frame);
      default:
        return;
    }
  }

  private subscribed(frame: Frame<'subscribed'>): void {
    this.backoff.reset();
    this.tellUserFilters(frame.user_filters);
    const before = this.position;
    if (before !== null && before.epoch !== frame.position.epoch) {
      this.startAnew(before, frame.reason ?? 'epoch_changed');
    } else if (before !== null && !frame.recovered && frame.position.offset < before.offset) {
      this.position = frame.position; // the stream is behind what we saw: go on from its end
    }
    this.options.handlers.onState({ kind: 'live' });
  }

  private tellUserFilters(names: unknown): void {
    this.options.handlers.onUserFilters?.(list(names).map(text));
  }

  /** Another stream is there: what we missed of the old one is gone; take a snapshot of the new. */
  private startAnew(before: Position, reason: string): void {
    const gap = { epoch: before.epoch, from: before.offset + 1, to: null, reason };
    this.options.handlers.onGap(gap);
    this.position = null;
    this.send({ op: 'unsubscribe', id: this.id });
    this.subscribe(null);
  }

  private snapshot(frame: Frame<'snapshot'>): void {
    this.enterEpoch(frame.epoch);
    const position = { epoch: frame.epoch, offset: frame.offset };
    if (!frame.more) {
      this.position = position;
    }
    this.options.handlers.onSnapshot(frame.events, position, !frame.more);
  }

  private events(frame: Frame<'events'>): void {
    this.enterEpoch(frame.epoch);
    const known = this.position?.epoch === frame.epoch ? this.position.offset : frame.first - 1;
    if (frame.first > known + 1) {
      const gap = { epoch: frame.epoch, from: known + 1, to: frame.first - 1, reason: 'missing' };
      this.options.handlers.onGap(gap);
    }
    const fresh = frame.events.filter((entry) => entry.offset > known);
    this.position = { epoch: frame.epoch, offset: Math.max(known, frame.last) };
    if (fresh.length > 0) {
      this.options.handlers.onEvents(fresh);
    }
  }

  private gap(frame: Frame<'gap'>): void {
    const { epoch, from, to, reason } = frame;
    this.options.handlers.onGap({ epoch, from, to, reason });
    const known = this.position;
    if (known !== null && to !== null && epoch === known.epoch && to > known.offset) {
      this.position = { epoch, offset: to };
    }
  }

  /** Streams begin anew under a living connection too: a looped replay does that. */
  private enterEpoch(epoch: string): void {
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.options.handlers.onEpoch(epoch);
    }
  }

  private lost(code: number, reason: string): void {
    this.ticketFor = null;
    this.dropSocket();
    if (isTerminalClose(code)) {
      this.options.handlers.onState({ kind: 'stopped', code, reason });
      return;
    }
    const wait = this.backoff.next();
    const retryAt = this.now() + wait;
    const attempt = this.backoff.attempt;
    this.options.handlers.onState({ kind: 'waiting', attempt, retryAt, code, reason });
    this.retryTimer = this.timer(() => this.connect(), wait);
  }

  private watchSilence(): void {
    const rest = this.lastHeard + this.silenceLimitMs - this.now();
    if (rest <= 0) {
      this.socket?.close(3000, 'silence');
      this.lost(3000, 'no heartbeat');
      return;
    }
    this.silenceTimer = this.timer(() => this.watchSilence(), rest);
  }

  private dropSocket(code?: number, reason?: string): void {
    this.clear(this.silenceTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      if (code !== undefined) {
        socket.close(code, reason);
      }
    }
  }

  private send(frame: Record<string, unknown>): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private now(): number {
    return this.options.now?.() ?? Date.now();
  }

  private timer(task: () => void, ms: number): unknown {
    return this.options.setTimer?.(task, ms) ?? setTimeout(task, ms);
  }

  private clear(timer: unknown): void {
    if (timer === null) {
      return;
    }
    if (this.options.clearTimer) {
      this.options.clearTimer(timer);
    } else {
      clearTimeout(timer as ReturnType<typeof setTimeout>);
    }
  }
}
