import type { Item, Position } from './items.js';

interface Entry {
  item: Item;
  /** The position that holds once the item is dealt with; later bookmarks move it. */
  after: Position;
}

interface Waiter {
  resolve(result: IteratorResult<Item, undefined>): void;
  reject(error: unknown): void;
}

function weigh(item: Item): number {
  return item.kind === 'snapshot' ? Math.max(item.events.length, 1) : 1;
}

/**
 * Items between the connection, which pushes, and one consumer, which asks with `next`. An item is
 * dealt with when the consumer asks for the one behind it; only then does `position` pass it.
 */
export class Mailbox {
  position: Position | undefined;
  /** Events waiting. */
  size = 0;

  private entries: Entry[] = [];
  private head = 0;
  private handed: Entry | undefined;
  private readonly waiters: Waiter[] = [];
  private ending: { error: unknown } | undefined;

  /** `taken` is called after each item that the consumer took. */
  constructor(private readonly taken: () => void) {}

  push(item: Item): void {
    const entry = { item, after: item.position };
    const waiter = this.waiters.shift();
    if (waiter) {
      this.handed = entry;
      waiter.resolve({ value: item, done: false });
      return;
    }
    this.entries.push(entry);
    this.size += weigh(item);
  }

  progress(position: Position): void {
    const newest = this.head < this.entries.length ? this.entries.at(-1) : this.handed;
    if (newest) {
      newest.after = position;
    } else {
      this.position = position;
    }
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.handed) {
      this.position = this.handed.after;
      this.handed = undefined;
    }
    const entry = this.entries[this.head];
    if (entry) {
      this.handed = entry;
      this.drop();
      this.size -= weigh(entry.item);
      this.taken();
      return Promise.resolve({ value: entry.item, done: false });
    }
    if (this.ending) {
      const { error } = this.ending;
      this.ending = { error: undefined }; // an error is thrown once, then the end is plain
      return error === undefined
        ? Promise.resolve({ value: undefined, done: true })
        : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  /** Forgets the entry at the head, and the array's dead part now and then. */
  private drop(): void {
    ++this.head;
    if (this.head === this.entries.length) {
      this.entries = [];
      this.head = 0;
    } else if (this.head >= 1024 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
  }

  /** What waits is still handed out, then the end (or `error`). */
  end(error?: unknown): void {
    if (this.ending) {
      return;
    }
    this.ending = { error };
    for (const waiter of this.waiters.splice(0)) {
      if (this.ending.error !== undefined) {
        waiter.reject(this.ending.error);
        this.ending = { error: undefined };
      } else {
        waiter.resolve({ value: undefined, done: true });
      }
    }
  }

  /** The consumer left: nothing is handed out any more. */
  abandon(): void {
    this.entries = [];
    this.head = 0;
    this.size = 0;
    this.handed = undefined;
    this.end();
  }
}
