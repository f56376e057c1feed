import type { TickStockEvent } from './events.js';
import { textAt } from './wire/scan.js';

/** "I have everything up to and including this offset" of the stream named by the epoch. */
export interface Position {
  epoch: string;
  offset: number;
}

/** Offsets `from`…`to` of `epoch` will not come. */
export interface Gap {
  epoch: string;
  from: number;
  /** null: everything from `from` on that was not told; it may be nothing. */
  to: number | null;
  /** Of the server: `evicted`, `epoch_changed`. Of this client: `protocol_fault`. */
  reason: string;
}

/** One event of the stream, told once and in the order of offsets. */
export class EventItem {
  readonly kind = 'event';
  readonly event: TickStockEvent;
  readonly epoch: string;
  readonly offset: number;
  /** When it was published: milliseconds, rounded down. */
  readonly tsPub: number;
  /** The same in nanoseconds, exact. */
  readonly tsPubRaw: string;
  /** The event's body, byte for byte as the server sent it. */
  readonly raw: string;
  /** What to keep once this item is dealt with: see Tape.position. */
  readonly position: Position;

  /** @internal */
  constructor(parts: Omit<EventItem, 'kind' | 'ts' | 'tsRaw' | 'tsNs' | 'tsPubNs' | 'text'>) {
    this.event = parts.event;
    this.epoch = parts.epoch;
    this.offset = parts.offset;
    this.tsPub = parts.tsPub;
    this.tsPubRaw = parts.tsPubRaw;
    this.raw = parts.raw;
    this.position = parts.position;
  }

  /** Of the event: milliseconds, rounded down. */
  get ts(): number {
    return this.event.ts;
  }

  get tsRaw(): string {
    return this.event.ts_raw;
  }

  /** Of the event: nanoseconds since 1970-01-01 UTC. */
  get tsNs(): bigint {
    return BigInt(this.event.ts_raw);
  }

  get tsPubNs(): bigint {
    return BigInt(this.tsPubRaw);
  }

  /**
   * The text of a member as it stood on the wire, such as `text('price')` or
   * `text('data', 'vwap')`: exact decimals for those who do not compute in doubles. Undefined when
   * the event has no such member.
   */
  text(...path: string[]): string | undefined {
    return textAt(this.raw, path);
  }
}

/** Events are missing, and this says which. */
export interface GapItem extends Gap {
  readonly kind: 'gap';
  readonly position: Position;
}

/** The latest event of each (symbol, type) as of `position`, by offset; the stream goes on there. */
export interface SnapshotItem {
  readonly kind: 'snapshot';
  readonly events: EventItem[];
  readonly position: Position;
}

/** The stream goes on exactly where the last connection ended: nothing is missing. */
export interface RecoveredItem {
  readonly kind: 'recovered';
  readonly position: Position;
}

/**
 * The stream goes on somewhere else than after `previous`; gap items before this one say what is
 * missing. What was derived from earlier events may be void.
 */
export interface ResetItem {
  readonly kind: 'reset';
  /** `epoch_changed`, `evicted`, or `ahead`: the server never published what `previous` names. */
  readonly reason: string;
  readonly previous: Position;
  readonly position: Position;
}

export type Item = EventItem | GapItem | SnapshotItem | RecoveredItem | ResetItem;
