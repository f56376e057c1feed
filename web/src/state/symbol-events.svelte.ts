import type { EventType, StreamEvent } from '../stream/protocol';
import type { Dashboard } from './dashboard.svelte';

const kept = 2000;

/** The events of one symbol: what the server remembers, then what the stream brings. */
export class SymbolEvents {
  /** Newest first; each event in its newest revision. */
  list = $state.raw<readonly StreamEvent[]>([]);
  /** The latest of each type. */
  latest = $state.raw<Partial<Record<EventType, StreamEvent>>>({});
  /** Whether the server was asked, and what it said if it refused. */
  asked = $state(false);
  error = $state<string | null>(null);
  private readonly byId = new Map<string, StreamEvent>();

  constructor(
    private readonly dashboard: Dashboard,
    readonly symbol: string,
  ) {}

  start(): () => void {
    let going = true;
    const leave = this.dashboard.listen((events) => {
      const own = events.filter(({ event }) => event.symbol === this.symbol);
      if (own.length > 0) {
        this.take(own);
      }
    });
    this.dashboard.remembered(this.symbol).then(
      (events) => {
        if (going) {
          this.take(events);
          this.asked = true;
        }
      },
      (error: unknown) => {
        this.error = error instanceof Error ? error.message : String(error);
        this.asked = true;
      },
    );
    return () => {
      going = false;
      leave();
    };
  }

  find(id: string): StreamEvent | undefined {
    return this.byId.get(id);
  }

  private take(events: readonly StreamEvent[]): void {
    for (const entry of events) {
      const known = this.byId.get(entry.event.id);
      if (known === undefined || entry.event.rev > known.event.rev) {
        this.byId.set(entry.event.id, entry);
      }
    }
    const all = [...this.byId.values()].sort(
      (a, b) => b.event.ts - a.event.ts || b.offset - a.offset,
    );
    for (const old of all.splice(kept)) {
      this.byId.delete(old.event.id);
    }
    this.list = all;
    const latest: Partial<Record<EventType, StreamEvent>> = {};
    for (const entry of all) {
      latest[entry.event.type] ??= entry;
    }
    this.latest = latest;
  }
}
