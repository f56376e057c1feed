import {
  ClosedError,
  TickStockClient,
  type ClientOptions,
  type EventItem,
  type GapItem,
  type ResetItem,
  type StateChange,
  type Tape,
} from '@tickstock/client';
import type { ConnectionState } from './connection';
import { fetchHistory, fetchSymbol, toStreamEvent } from './history';
import type { Gap, Position, StreamEvent } from './protocol';

/** Called from the socket's callbacks, on the page's one thread. */
export interface LiveHandlers {
  onState(state: ConnectionState): void;
  /** Each offset once and in order; those of one frame together. */
  onEvents(events: StreamEvent[]): void;
  /** The latest event per symbol and type as of `position`; the stream goes on there. */
  onSnapshot(events: StreamEvent[], position: Position): void;
  onGap(gap: Gap): void;
  /** The stream is another one: all that was derived from the old one is void. */
  onEpoch(epoch: string): void;
  /** The server knows who this is. */
  onUser(user: string, role: string): void;
  /** Names of the user's own filters that narrow what comes; empty: none does. */
  onUserFilters(names: readonly string[]): void;
  onError(message: string): void;
}

/** Of a page that a person looks at: sooner than a program's. */
const reconnect = { minMs: 1000, maxMs: 3000, capMs: 20_000 };

/**
 * The page's subscription to everything, by the client library: it adds what only a page wants, a
 * fresh snapshot when the server has begun another stream, and a way back after a close that the
 * library takes for final.
 */
export class LiveStream {
  private client: TickStockClient | null = null;
  private tape: Tape | null = null;
  private subscriptions = 0;
  private attempts = 0;
  private epoch = '';
  private pending: StreamEvent[] = [];

  /** `options`: asked before each client, for the address and the credentials. */
  constructor(
    private readonly options: () => ClientOptions,
    private readonly handlers: LiveHandlers,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    this.open({});
    this.follow();
  }

  stop(): void {
    const { client } = this;
    this.client = null;
    client?.close();
  }

  /** Ends a wait between attempts, or tries once more after a close that was final. */
  retryNow(): void {
    const { client, tape } = this;
    if (client === null) {
      return;
    }
    if (client.state !== 'closed') {
      client.retryNow();
      return;
    }
    const id = tape?.id;
    const position = id === undefined ? undefined : client.positions()[id];
    this.open(id === undefined || position === undefined ? {} : { [id]: position });
    this.follow(id);
  }

  /** The last `count` events up to `position`; throws when the server does not have them. */
  async history(position: Position, count: number): Promise<StreamEvent[]> {
    const { client } = this;
    return client === null ? [] : fetchHistory((query) => client.events(query), position, count);
  }

  /** Of one symbol: the newest, and the latest of each type that the server has. */
  async ofSymbol(symbol: string): Promise<StreamEvent[]> {
    const { client } = this;
    return client === null ? [] : fetchSymbol(client, symbol);
  }

  private open(positions: Record<string, Position>): void {
    const client = new TickStockClient({ reconnect, ...this.options(), positions });
    this.client = client;
    client.on('state', (change) => client === this.client && this.stateIs(change));
    client.on('user', ({ user, role }) => this.handlers.onUser(user, role));
    client.on('userFilters', (names) => this.handlers.onUserFilters(names));
    client.on('fault', (fault) => this.handlers.onError(fault.message));
  }

  /** Under a new id it begins with a snapshot; under that of a former client where that one ended. */
  private follow(id = `page-${++this.subscriptions}`): void {
    const { client } = this;
    this.tape =
      client?.subscribe(
        { id, since: 'snapshot' },
        {
          onEvent: (item) => this.event(item),
          onSnapshot: ({ events, position }) => {
            this.enter(position.epoch);
            this.handlers.onSnapshot(events.map(toStreamEvent), position);
          },
          onGap: (item) => this.gap(item),
          onReset: (item) => this.reset(item),
          onClose: (error) => {
            // The line's own end is told by its state.
            if (error !== undefined && !(error instanceof ClosedError)) {
              this.handlers.onError(error.message);
            }
          },
        },
      ) ?? null;
  }

  private event(item: EventItem): void {
    this.enter(item.epoch);
    if (this.pending.length === 0) {
      queueMicrotask(() => this.flush());
    }
    this.pending.push(toStreamEvent(item));
  }

  private flush(): void {
    const events = this.pending;
    if (events.length > 0) {
      this.pending = [];
      this.handlers.onEvents(events);
    }
  }

  private gap({ epoch, from, to, reason }: GapItem): void {
    this.flush();
    // The beginning of a stream that this page joins in the middle: a snapshot follows.
    if (epoch === this.epoch || to === null) {
      this.handlers.onGap({ epoch, from, to, reason });
    }
  }

  private reset({ position, previous }: ResetItem): void {
    if (position.epoch === previous.epoch) {
      return; // the gap says what is missing
    }
    if (position.offset === 0) {
      this.enter(position.epoch);
    } else {
      this.tape?.close();
      this.follow();
    }
  }

  /** Streams begin anew under a living connection too: a looped replay does that. */
  private enter(epoch: string): void {
    if (epoch !== this.epoch) {
      this.flush();
      this.epoch = epoch;
      this.handlers.onEpoch(epoch);
    }
  }

  private stateIs(change: StateChange): void {
    const { state, closeCode = 1006, reason = '', retryInMs = 0, error } = change;
    const tell = (next: ConnectionState): void => this.handlers.onState(next);
    if (state === 'open') {
      this.attempts = 0;
      tell({ kind: 'live' });
    } else if (state === 'connecting') {
      tell({ kind: 'connecting', attempt: this.attempts });
    } else if (state === 'waiting') {
      this.attempts += 1;
      const retryAt = this.now() + retryInMs;
      tell({ kind: 'waiting', attempt: this.attempts, retryAt, code: closeCode, reason });
    } else if (state === 'closed') {
      const [code, word] =
        error instanceof ClosedError
          ? [error.closeCode, error.reason]
          : [1000, error?.message ?? ''];
      tell({ kind: 'stopped', code, reason: word });
    }
  }
}
