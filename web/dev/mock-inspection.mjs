// Candles and traces of the made-up market, in the shapes of /api/v1/symbols/{symbol}/candles and
// …/trace.

/** One-second candles of each symbol, the newest `kept` seconds that had trades. */
export class MockTrades {
  constructor(kept = 1500) {
    this.kept = kept;
    this.bySymbol = new Map();
    this.sequence = 0;
  }

  add(symbol, ms, price, size) {
    let entry = this.bySymbol.get(symbol);
    if (entry === undefined) {
      const session = { open: price, high: price, low: price, last: price, volume: 0, money: 0 };
      entry = { bars: [], session, since: ms, trades: [] };
      this.bySymbol.set(symbol, entry);
    }
    this.sequence += 1;
    const { bars, session, trades } = entry;
    session.high = Math.max(session.high, price);
    session.low = Math.min(session.low, price);
    session.last = price;
    session.volume += size;
    session.money += price * size;
    trades.push({ sequence: this.sequence, ms, price, size });
    const t = Math.floor(ms / 1000);
    const last = bars.at(-1);
    if (last?.t === t) {
      last.h = Math.max(last.h, price);
      last.l = Math.min(last.l, price);
      last.c = price;
      last.v += size;
      last.n += 1;
      last.money += price * size;
    } else {
      bars.push({ t, o: price, h: price, l: price, c: price, v: size, n: 1, money: price * size });
    }
    if (bars.length > 2 * this.kept) {
      bars.splice(0, this.kept);
    }
    if (trades.length > 400) {
      trades.splice(0, 200);
    }
  }

  candles(symbol, interval, limit, clockMs) {
    const entry = this.bySymbol.get(symbol);
    const answer = {
      symbol,
      interval_seconds: interval,
      complete_from: null,
      through: `${Math.floor(clockMs)}000000`,
      candles: [],
      session: null,
    };
    if (entry === undefined) {
      return answer;
    }
    for (const bar of entry.bars) {
      const t = Math.floor(bar.t / interval) * interval;
      const last = answer.candles.at(-1);
      if (last?.t === t) {
        last.h = Math.max(last.h, bar.h);
        last.l = Math.min(last.l, bar.l);
        last.c = bar.c;
        last.v += bar.v;
        last.n += bar.n;
        last.money += bar.money;
      } else {
        answer.candles.push({ ...bar, t });
      }
    }
    answer.candles = answer.candles.slice(-limit).map(({ money, ...bar }) => ({
      ...bar,
      vwap: Number((money / bar.v).toFixed(6)),
    }));
    const { money, ...figures } = entry.session;
    answer.session = {
      session: 'regular',
      ...figures,
      vwap: Number((money / figures.volume).toFixed(6)),
      since: `${Math.floor(entry.since)}000000`,
    };
    return answer;
  }

  trace(symbol, limit, to) {
    const trades = (this.bySymbol.get(symbol)?.trades ?? []).filter(
      (trade) => to === 0 || trade.sequence <= to,
    );
    const records = trades.slice(-limit).map(({ sequence, ms, price, size }) => {
      const late = sequence % 17 === 0;
      const out = (stage) => ({ stage, outcome: 'out', reason: null, note: null });
      const drop = { stage: 'intake', outcome: 'dropped', reason: 'late_print', note: null };
      return {
        sequence,
        ts: `${Math.floor(ms)}000000`,
        clock: `${Math.floor(ms)}000000`,
        source: 'mock',
        kind: 'trade',
        text: `${price.toFixed(2)} × ${size}`,
        fate: late ? [out('router'), drop] : ['router', 'intake', 'tick', 'detectors'].map(out),
        events: [],
      };
    });
    return { symbol, from: records[0]?.sequence ?? 0, through: this.sequence, records };
  }
}
