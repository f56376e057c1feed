import { Connection, type ClientState, type StateChange } from './connection.js';
import { AuthenticationError, ProtocolFault, SubscriptionError, TickStockError } from './errors.js';
import type { Position } from './items.js';
import type { ClientOptions, SubscribeOptions } from './options.js';
import { reportException } from './report.js';
import { Rest } from './rest.js';
import { Tape, type TapeHandlers } from './tape.js';
import { addressesOf } from './url.js';
import type { ServerFrame } from './wire/frames.js';
import { toMilliseconds } from './wire/times.js';

export interface ClientEvents {
  /** The connection's state changed. */
  state: StateChange;
  /** The server broke its protocol; without a listener it is printed as a warning. */
  fault: ProtocolFault;
  /** The server said who this is. */
  user: User;
  /** Names of the user's own filters that narrow every subscription; again whenever they change. */
  userFilters: readonly string[];
}

/** Who the server takes the credentials for. */
export interface User {
  user: string;
  role: string;
}

/** Where the stream stood at the last heartbeat. */
export interface Head extends Position {
  /** Wall time of the server, milliseconds. */
  ts: number;
}

/** One connection to a server, with any number of subscriptions. It connects when one is made. */
export class TickStockClient {
  /** Where the stream stands; undefined before the first heartbeat. */
  head: Head | undefined;
  /** What ended the client for good. */
  error: TickStockError | undefined;
  /** Of the user, as the server said last: see ClientEvents. */
  userFilters: readonly string[] = [];

  private readonly connection: Connection;
  private readonly rest: Rest;
  private readonly tapes = new Map<string, Tape>();
  /** Of the running subscriptions, by the id that names them on this connection. */
  private readonly wired = new Map<string, Tape>();
  private readonly wireIds = new Map<Tape, string>();
  private lastWireId = 0;
  private lastTapeId = 0;
  /** Given at construction, or of tapes that are closed. */
  private readonly kept = new Map<string, Position>();
  private readonly listeners: { [K in keyof ClientEvents]: Set<(event: ClientEvents[K]) => void> } =
    { state: new Set(), fault: new Set(), user: new Set(), userFilters: new Set() };

  constructor(options: ClientOptions) {
    const addresses = addressesOf(options.url);
    for (const [id, { epoch, offset }] of Object.entries(options.positions ?? {})) {
      this.kept.set(id, { epoch, offset });
    }
    this.connection = new Connection(addresses.socket, options, {
      ready: () => this.tapes.forEach((tape) => this.start(tape)),
      frame: (frame) => this.route(frame),
      lost: () => this.detach(),
      changed: (change) => this.changed(change),
      fault: (fault) => this.fault(fault),
    });
    this.rest = new Rest(addresses.http, options, this.connection.credentials);
  }

  get state(): ClientState {
    return this.connection.state;
  }

  /**
   * Begins a subscription. With handlers they are called for its items; without, iterate it:
   * `for await (const item of tape)`.
   */
  subscribe(options: SubscribeOptions = {}, handlers?: TapeHandlers): Tape {
    if (this.state === 'closed') {
      throw this.error ?? new TickStockError('closed', 'the client is closed');
    }
    const id = options.id ?? this.freeId();
    if (this.tapes.has(id)) {
      throw new TickStockError('subscription_exists', `there is a subscription "${id}" already`);
    }
    const tape = new Tape(id, options, this.kept.get(id), handlers, {
      start: (one) => this.start(one),
      stop: (one) => this.stop(one),
      fault: (fault) => this.fault(fault),
      closed: (one) => this.forget(one),
    });
    this.tapes.set(id, tape);
    this.connection.connect();
    this.start(tape);
    return tape;
  }

  /** Of every subscription, by id: keep it, and give it to the next client's constructor. */
  positions(): Record<string, Position> {
    const positions = Object.fromEntries(this.kept);
    for (const [id, { position }] of this.tapes) {
      if (position) {
        positions[id] = position;
      }
    }
    return positions;
  }

  /** Calls `listener` until the function that this returns is called. */
  on<K extends keyof ClientEvents>(
    name: K,
    listener: (event: ClientEvents[K]) => void,
  ): () => void {
    this.listeners[name].add(listener);
    return () => this.listeners[name].delete(listener);
  }

  /** Ends a wait between attempts to connect; without one it does nothing. */
  retryNow(): void {
    this.connection.retryNow();
  }

  /** Ends all subscriptions and the connection. */
  close(): void {
    for (const tape of [...this.tapes.values()]) {
      tape.close();
    }
    this.connection.close();
  }

  // Requests by HTTP; see Rest.
  readonly events = (query?: Parameters<Rest['events']>[0]) => this.rest.events(query);
  readonly symbol = (symbol: string) => this.rest.symbol(symbol);
  readonly status = () => this.rest.status();
  readonly ticket = () => this.rest.ticket();
  readonly user = (id?: string) => this.rest.user(id);

  private freeId(): string {
    let id: string;
    do {
      id = `tape-${++this.lastTapeId}`;
    } while (this.tapes.has(id));
    return id;
  }

  /** Sends `subscribe`, each time under a new id: late frames of the old one are told apart. */
  private start(tape: Tape): void {
    if (this.state !== 'open' || this.wireIds.has(tape) || tape.state !== 'pending') {
      return;
    }
    const id = String(++this.lastWireId);
    this.wireIds.set(tape, id);
    this.connection.send(() => {
      if (this.wireIds.get(tape) !== id) {
        return undefined;
      }
      this.wired.set(id, tape);
      const { symbols, universes, types, filter, intervalMs, conflate } = tape.options;
      return JSON.stringify({
        op: 'subscribe',
        id,
        symbols,
        universes,
        types,
        filter,
        since: tape.tracker.ask(),
        interval_ms: intervalMs,
        conflate,
      });
    });
  }

  private stop(tape: Tape): void {
    const id = this.wireIds.get(tape);
    this.wireIds.delete(tape);
    if (id !== undefined && this.wired.delete(id)) {
      this.connection.send(() => JSON.stringify({ op: 'unsubscribe', id }));
    }
  }

  private route(frame: ServerFrame): void {
    if (frame.op === 'heartbeat') {
      const { epoch, offset, ts } = frame;
      this.head = { epoch, offset, ts: toMilliseconds(ts) };
    } else if (frame.op === 'error') {
      this.refused(frame.id, frame.code, frame.message);
    } else if (frame.op === 'authenticated') {
      this.emit('user', { user: frame.user, role: frame.role });
    } else if (frame.op === 'user_filters') {
      this.filtersAre(frame.filters);
    } else if ('id' in frame) {
      if (frame.op === 'subscribed') {
        this.filtersAre(frame.userFilters);
      }
      this.wired.get(frame.id)?.take(frame);
    }
  }

  private filtersAre(names: readonly string[]): void {
    if (names.join('\n') !== this.userFilters.join('\n')) {
      this.userFilters = names;
      this.emit('userFilters', names);
    }
  }

  private refused(id: string | undefined, code: string, message: string): void {
    if (code === 'unauthorized') {
      this.connection.close(new AuthenticationError(3500, message));
      return;
    }
    const tape = id === undefined ? undefined : this.wired.get(id);
    if (tape && id !== undefined) {
      this.wired.delete(id);
      tape.end(new SubscriptionError(code, message));
    } else if (code !== 'unknown_subscription') {
      this.fault(new ProtocolFault(`the server did not take a message: ${code}, ${message}`));
    }
  }

  private detach(): void {
    this.wired.clear();
    this.wireIds.clear();
    this.tapes.forEach((tape) => tape.detached());
  }

  private forget(tape: Tape): void {
    if (tape.position) {
      this.kept.set(tape.id, tape.position);
    }
    this.tapes.delete(tape.id);
  }

  private changed(change: StateChange): void {
    if (change.state === 'closed') {
      this.error = change.error;
      for (const tape of [...this.tapes.values()]) {
        tape.end(change.error);
      }
    }
    this.emit('state', change);
  }

  private fault(fault: ProtocolFault): void {
    if (this.listeners.fault.size === 0) {
      console.warn(`TickStock: ${fault.message}`);
    }
    this.emit('fault', fault);
  }

  private emit<K extends keyof ClientEvents>(name: K, event: ClientEvents[K]): void {
    for (const listener of this.listeners[name]) {
      try {
        listener(event);
      } catch (error) {
        reportException(error);
      }
    }
  }
}
