import type { EventBody, StreamEvent } from '../stream/protocol';

/** One line of the tape: the newest revision of an event, at the place of the first. */
export interface TapeRow {
  /** Rises by one a row; orders the tape. */
  sequence: number;
  offset: number;
  /** Market time in ms. */
  time: number;
  /** When the page got it, in ms of the page's clock. */
  arrived: number;
  event: EventBody;
  /** The body as it was sent. */
  raw: string;
  revised: boolean;
}

export type TapeFilter = (event: EventBody) => boolean;

/**
 * The tape's memory: a ring of the newest rows, the filtered view of it, and a freeze. Plain data,
 * O(1) an event; the page reads `visible(i)`, newest first, when a frame is due.
 */
export class Tape {
  private readonly rows: (TapeRow | undefined)[];
  private readonly byId = new Map<string, TapeRow>();
  private next = 0;
  /** Sequences that pass the filter, ascending, valid from `viewHead` on. */
  private view: number[] = [];
  private viewHead = 0;
  private filter: TapeFilter = () => true;
  /** Rows at or after this sequence are held back; null = the tape runs. */
  private frozenAt: number | null = null;

  constructor(readonly capacity = 5000) {
    this.rows = new Array<TapeRow | undefined>(capacity);
  }

  /** Rows kept, filtered out or not. */
  get size(): number {
    return Math.min(this.next, this.capacity);
  }

  get frozen(): boolean {
    return this.frozenAt !== null;
  }

  /** True: it is a new row, and passes the filter. */
  push(entry: StreamEvent, arrived: number): boolean {
    const known = this.byId.get(entry.event.id);
    if (known !== undefined) {
      if (entry.event.rev > known.event.rev) {
        known.event = entry.event;
        known.raw = entry.raw;
        known.offset = entry.offset;
        known.revised = true;
        known.arrived = arrived;
      }
      return false;
    }
    const sequence = this.next++;
    this.evict(sequence - this.capacity);
    const row: TapeRow = {
      sequence,
      offset: entry.offset,
      time: entry.event.ts,
      arrived,
      event: entry.event,
      raw: entry.raw,
      revised: entry.event.rev > 0,
    };
    this.rows[sequence % this.capacity] = row;
    this.byId.set(entry.event.id, row);
    const passes = this.filter(entry.event);
    if (passes) {
      this.view.push(sequence);
    }
    return passes;
  }

  clear(): void {
    this.rows.fill(undefined);
    this.byId.clear();
    this.next = 0;
    this.view = [];
    this.viewHead = 0;
    this.frozenAt = null;
  }

  setFilter(filter: TapeFilter): void {
    this.filter = filter;
    this.view = [];
    this.viewHead = 0;
    for (let sequence = Math.max(0, this.next - this.capacity); sequence < this.next; ++sequence) {
      const row = this.rows[sequence % this.capacity];
      if (row !== undefined && filter(row.event)) {
        this.view.push(sequence);
      }
    }
  }

  freeze(): void {
    this.frozenAt ??= this.next;
  }

  thaw(): void {
    this.frozenAt = null;
  }

  /** Rows that pass the filter and are not held back. */
  get visibleCount(): number {
    return this.shownEnd() - this.viewHead;
  }

  /** Rows that pass the filter and wait behind the freeze. */
  get heldCount(): number {
    return this.view.length - this.shownEnd();
  }

  /** The i-th newest visible row. */
  visible(index: number): TapeRow | undefined {
    const at = this.shownEnd() - 1 - index;
    const sequence = at >= this.viewHead ? this.view[at] : undefined;
    return sequence === undefined ? undefined : this.rows[sequence % this.capacity];
  }

  /** Where a row stands now, newest = 0; −1 when it is gone or filtered out. */
  indexOf(id: string): number {
    const row = this.byId.get(id);
    if (row === undefined) {
      return -1;
    }
    const at = this.lowerBound(row.sequence);
    const index = this.shownEnd() - 1 - at;
    return this.view[at] === row.sequence && index >= 0 ? index : -1;
  }

  find(id: string): TapeRow | undefined {
    return this.byId.get(id);
  }

  private evict(sequence: number): void {
    if (sequence < 0) {
      return;
    }
    const row = this.rows[sequence % this.capacity];
    if (row !== undefined) {
      this.byId.delete(row.event.id);
    }
    if (this.view[this.viewHead] === sequence) {
      this.viewHead += 1;
      if (this.viewHead > this.capacity) {
        this.view = this.view.slice(this.viewHead);
        this.viewHead = 0;
      }
    }
  }

  /** One past the last view entry that is shown. */
  private shownEnd(): number {
    return this.frozenAt === null ? this.view.length : this.lowerBound(this.frozenAt);
  }

  /** The first view entry at or after `sequence`. */
  private lowerBound(sequence: number): number {
    let low = this.viewHead;
    let high = this.view.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.view[middle] ?? 0) < sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
