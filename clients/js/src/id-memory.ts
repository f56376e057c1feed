import type { TickStockEvent } from './events.js';

/**
 * The newest (id, rev) that a subscription was told. Within an epoch offsets tell what came twice;
 * this does when a new epoch publishes the same events under new offsets.
 */
export class IdMemory {
  private readonly keys = new Set<string>();

  /** `limit`: how many to keep, the oldest are forgotten first; 0 remembers nothing. */
  constructor(private readonly limit: number) {}

  has(event: TickStockEvent): boolean {
    return this.keys.has(`${event.id}/${event.rev}`);
  }

  add(event: TickStockEvent): void {
    if (this.limit === 0) {
      return;
    }
    this.keys.add(`${event.id}/${event.rev}`);
    if (this.keys.size > this.limit) {
      for (const oldest of this.keys) {
        this.keys.delete(oldest);
        break;
      }
    }
  }

  clear(): void {
    this.keys.clear();
  }
}
