import { marketDate } from '../format/time';
import type { EventBody } from '../stream/protocol';

/** What the trading session has made of one symbol so far. */
export interface Leader {
  symbol: string;
  highs: number;
  lows: number;
  price: number | null;
  percentChange: number | null;
  time: number;
}

/**
 * Counts of new highs and lows by symbol, for the running trading session. Every high and low event
 * carries its symbol's counts, so the newest event of a symbol is enough: a snapshot makes the
 * table whole, and a lost event is made good by the next.
 */
export class Leaders {
  private readonly bySymbol = new Map<string, Leader>();
  private sessionKey = '';
  private sessionStart = 0;
  highs = 0;
  lows = 0;

  get symbols(): number {
    return this.bySymbol.size;
  }

  add(event: EventBody): void {
    if ((event.type !== 'high' && event.type !== 'low') || event.source === 'ohlcv') {
      return;
    }
    const time = event.ts;
    if (!this.enterSession(event.session, time)) {
      return;
    }
    const entry = this.entry(event.symbol);
    const highs = Math.max(entry.highs, event.data.count_up ?? 0);
    const lows = Math.max(entry.lows, event.data.count_down ?? 0);
    this.highs += highs - entry.highs;
    this.lows += lows - entry.lows;
    entry.highs = highs;
    entry.lows = lows;
    if (time >= entry.time) {
      entry.time = time;
      entry.price = event.price;
      entry.percentChange = event.data.percent_change ?? null;
    }
  }

  /** The symbols with the most highs (lows), most first; ties by name. */
  top(kind: 'highs' | 'lows', count: number): Leader[] {
    const some = [...this.bySymbol.values()].filter((leader) => leader[kind] > 0);
    some.sort((a, b) => b[kind] - a[kind] || (a.symbol < b.symbol ? -1 : 1));
    return some.slice(0, count).map((leader) => ({ ...leader }));
  }

  clear(): void {
    this.bySymbol.clear();
    this.sessionKey = '';
    this.sessionStart = 0;
    this.highs = 0;
    this.lows = 0;
  }

  /** False for an event of a session that is over. */
  private enterSession(session: string, time: number): boolean {
    const key = `${marketDate(time)} ${session}`;
    if (key === this.sessionKey) {
      return true;
    }
    if (time < this.sessionStart) {
      return false;
    }
    this.clear();
    this.sessionKey = key;
    this.sessionStart = time;
    return true;
  }

  private entry(symbol: string): Leader {
    let entry = this.bySymbol.get(symbol);
    if (entry === undefined) {
      entry = { symbol, highs: 0, lows: 0, price: null, percentChange: null, time: 0 };
      this.bySymbol.set(symbol, entry);
    }
    return entry;
  }
}
