import type { ProtocolFault, TickStockError } from './errors.js';
import type {
  EventItem,
  Gap,
  GapItem,
  Item,
  Position,
  RecoveredItem,
  ResetItem,
  SnapshotItem,
} from './items.js';
import { Mailbox } from './mailbox.js';
import type { SubscribeOptions } from './options.js';
import { reportException } from './report.js';
import { Tracker } from './tracker.js';
import type { ServerFrame } from './wire/frames.js';

export interface TapeHandlers {
  /** Every item; the handlers below are for those of one kind. */
  onItem?(item: Item): void;
  onEvent?(item: EventItem): void;
  onGap?(item: GapItem): void;
  onSnapshot?(item: SnapshotItem): void;
  onRecovered?(item: RecoveredItem): void;
  onReset?(item: ResetItem): void;
  /** Nothing follows: closed by `close()`, or by `error`. */
  onClose?(error: TickStockError | undefined): void;
}

/**
 * `pending`: waits for the connection or the answer. `paused`: the consumer is behind; the server
 * is asked again from the position, so this loses nothing that the server still has.
 */
export type TapeState = 'pending' | 'live' | 'paused' | 'closed';

/** What a tape needs of its client. @internal */
export interface TapeHost {
  /** Sends `subscribe` when the connection allows. */
  start(tape: Tape): void;
  /** Ends the subscription at the server; late frames of it do not reach the tape. */
  stop(tape: Tape): void;
  fault(fault: ProtocolFault): void;
  closed(tape: Tape): void;
}

/**
 * One subscription, over all its connections. Either handlers are called for its items, or it is
 * iterated: `for await (const item of tape)`; leaving the loop closes it.
 */
export class Tape implements AsyncIterable<Item> {
  readonly id: string;
  /** @internal */
  readonly options: SubscribeOptions;
  /** @internal */
  readonly tracker: Tracker;

  private current: TapeState = 'pending';
  private readonly mailbox: Mailbox;
  private readonly maxBuffered: number;
  private handledTo: Position | undefined;

  /** @internal */
  constructor(
    id: string,
    options: SubscribeOptions,
    start: Position | undefined,
    private readonly handlers: TapeHandlers | undefined,
    private readonly host: TapeHost,
  ) {
    this.id = id;
    this.options = options;
    this.maxBuffered = options.maxBuffered ?? 10_000;
    if (!(this.maxBuffered >= 1)) {
      throw new RangeError('"maxBuffered" must be 1 or more');
    }
    this.handledTo = start;
    this.mailbox = new Mailbox(() => this.resumeIfDrained());
    this.mailbox.position = start;
    this.tracker = new Tracker(start ?? options.since ?? 'now', options.rememberIds ?? 65_536, {
      item: (item) => this.deliver(item),
      progress: (position) => this.progress(position),
      fault: (fault) => host.fault(fault),
    });
  }

  get state(): TapeState {
    return this.current;
  }

  /**
   * Everything up to here was dealt with: its handlers returned, or the loop asked for the next
   * item. Keep it, and a later subscription goes on behind it.
   */
  get position(): Position | undefined {
    return this.handlers ? this.handledTo : this.mailbox.position;
  }

  /** False once anything may be missing: a gap, or a stream that went back (`ahead`). */
  get complete(): boolean {
    return this.tracker.complete;
  }

  /** What is missing: the newest 1,000; `gapCount` counts all. */
  get gaps(): readonly Gap[] {
    return this.tracker.gaps;
  }

  get gapCount(): number {
    return this.tracker.gapCount;
  }

  /** Events that came again, by offset or by (id, rev), and were held back. */
  get duplicates(): number {
    return this.tracker.duplicates;
  }

  /** Events that wait for the loop. */
  get buffered(): number {
    return this.mailbox.size;
  }

  /** Ends the subscription. A loop over it ends; what waited is dropped. */
  close(): void {
    this.end(undefined);
    this.mailbox.abandon();
  }

  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    if (this.handlers) {
      throw new TypeError('a tape with handlers cannot be iterated');
    }
    return {
      next: () => this.mailbox.next(),
      return: () => {
        this.close();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  /** A frame that names this tape's subscription. @internal */
  take(frame: ServerFrame): void {
    switch (frame.op) {
      case 'subscribed':
        this.current = 'live';
        return this.tracker.subscribed(frame);
      case 'snapshot':
        this.tracker.snapshotPart(frame);
        return this.pauseIfFull();
      case 'events':
        this.tracker.events(frame);
        return this.pauseIfFull();
      case 'gap':
        return this.tracker.gap(frame);
      default:
    }
  }

  /** The connection is gone. @internal */
  detached(): void {
    if (this.current === 'live') {
      this.current = 'pending';
    }
  }

  /** Nothing follows; what waits is still handed out. @internal */
  end(error: TickStockError | undefined): void {
    if (this.current === 'closed') {
      return;
    }
    this.host.stop(this);
    this.current = 'closed';
    this.mailbox.end(error);
    this.host.closed(this);
    this.call(() => this.handlers?.onClose?.(error));
  }

  private deliver(item: Item): void {
    if (this.current === 'closed') {
      return; // by a handler, in the middle of a frame
    }
    if (!this.handlers) {
      this.mailbox.push(item);
      return;
    }
    this.call(() => this.handlers?.onItem?.(item));
    this.call(() => this.handle(item));
    this.handledTo = item.position;
  }

  private handle(item: Item): void {
    switch (item.kind) {
      case 'event':
        return this.handlers?.onEvent?.(item);
      case 'gap':
        return this.handlers?.onGap?.(item);
      case 'snapshot':
        return this.handlers?.onSnapshot?.(item);
      case 'recovered':
        return this.handlers?.onRecovered?.(item);
      case 'reset':
        return this.handlers?.onReset?.(item);
    }
  }

  private progress(position: Position): void {
    if (this.current === 'closed') {
      return;
    }
    this.handledTo = position;
    this.mailbox.progress(position);
  }

  private call(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      reportException(error);
    }
  }

  private pauseIfFull(): void {
    if (this.current === 'live' && this.mailbox.size >= this.maxBuffered) {
      this.host.stop(this);
      this.current = 'paused';
    }
  }

  private resumeIfDrained(): void {
    if (this.current === 'paused' && this.mailbox.size <= this.maxBuffered / 2) {
      this.current = 'pending';
      this.host.start(this);
    }
  }
}
