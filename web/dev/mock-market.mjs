// A made-up market morning for working on the page without the engine: plausible highs and lows,
// now and then a surge, a trend, a valuation, a halt and a cancelled event. Seeded.

import { MockTrades } from './mock-inspection.mjs';

const sessionOpenMs = Date.UTC(2024, 5, 18, 13, 30); // 09:30 in New York
const known =
  'AAPL MSFT NVDA AMZN META GOOG TSLA AMD AVGO NFLX JPM XOM UNH COST HD BAC PLTR UBER MU INTC F GE ' +
  'SHOP SQ COIN SOFI RIVN LCID CVNA SMCI ARM DELL ORCL CRM NOW PANW CRWD SNOW DDOG NET BRK.B';

export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const hex = (random, digits) =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const round = (value, digits) => Number(value.toFixed(digits));

export class MockMarket {
  constructor({ seed = 1, symbols = 400, extraSymbols = [] } = {}) {
    this.random = seeded(seed);
    this.clockMs = sessionOpenMs;
    this.records = 0;
    this.trades = new MockTrades();
    const names = new Set([...extraSymbols, ...known.split(' ')]);
    while (names.size < symbols) {
      const length = 2 + Math.floor(this.random() * 3);
      const letters = Array.from({ length }, () =>
        String.fromCharCode(65 + Math.floor(this.random() * 26)),
      );
      names.add(letters.join(''));
    }
    this.book = [...names].map((symbol) => this.newSymbol(symbol));
    this.published = [];
  }

  newSymbol(symbol) {
    const open = round(Math.exp(1.5 + this.random() * 4.5), 2);
    return {
      symbol,
      open,
      price: open,
      drift: (this.random() - 0.5) * 0.000004,
      step: 0.00015 + this.random() * 0.0003,
      high: open,
      low: open,
      emittedHigh: open,
      emittedLow: open,
      highTs: sessionOpenMs,
      lowTs: sessionOpenMs,
      countUp: 0,
      countDown: 0,
      vwap: open,
      lastKinds: [],
    };
  }

  ns(ms) {
    const micros = Math.floor(this.random() * 1e6);
    return `${Math.floor(ms)}${String(micros).padStart(6, '0')}`;
  }

  /** Moves market time by `ms` and returns the event bodies that came out (ts as text). */
  advance(ms) {
    const events = [];
    const trades = Math.max(1, Math.round(ms * 0.4));
    this.records += trades * 2;
    for (let i = 0; i < trades; ++i) {
      this.clockMs += ms / trades;
      const skewed = Math.floor(this.random() ** 2.2 * this.book.length);
      const event = this.trade(this.book[skewed]);
      if (event) {
        events.push(event);
      }
    }
    this.rare(events);
    this.published.push(...events.filter((event) => event.type === 'high'));
    this.published.splice(0, Math.max(0, this.published.length - 50));
    return events;
  }

  trade(s) {
    const jump = this.random() < 0.002 ? 8 : 1;
    const move = s.drift + (this.random() + this.random() + this.random() - 1.5) * s.step * jump;
    s.price = Math.max(0.5, round(s.price * (1 + move), 2));
    s.vwap += (s.price - s.vwap) * 0.01;
    this.trades.add(s.symbol, this.clockMs, s.price, 100 * (1 + Math.floor(jump * 2)));
    if (s.price > s.high) {
      return this.extreme(s, 'high');
    }
    return s.price < s.low ? this.extreme(s, 'low') : null;
  }

  extreme(s, type) {
    const up = type === 'high';
    const prior = up ? s.high : s.low;
    const priorTs = up ? s.highTs : s.lowTs;
    const emitted = up ? s.emittedHigh : s.emittedLow;
    s[type] = s.price;
    s[`${type}Ts`] = this.clockMs;
    const delta = Math.abs(s.price - emitted);
    if (delta < 0.01 || delta / emitted < 0.001) {
      return null;
    }
    const before = { high: s.emittedHigh, low: s.emittedLow };
    s[up ? 'emittedHigh' : 'emittedLow'] = s.price;
    s[up ? 'countUp' : 'countDown'] += 1;
    s.lastKinds = [...s.lastKinds.slice(-2), type];
    return this.body(type, s, up ? 'up' : 'down', this.extremeData(s, before), {
      trade_id: String(Math.floor(this.random() * 1e8)),
      source_sequence: Math.floor(this.random() * 1e7),
      conditions: this.random() < 0.3 ? [14, 41] : this.random() < 0.5 ? [37] : [],
      exchange: 1 + Math.floor(this.random() * 19),
      prior_extreme: prior,
      prior_extreme_ts: this.ns(priorTs),
      thresholds: { period: 'MIDDAY', min_price_change: 0.01, min_percent_change: 0.1 },
    });
  }

  extremeData(s, before) {
    const rel = round(Math.exp(this.random() * 3 - 1), 6);
    const change = round((100 * (s.price - s.open)) / s.open, 6);
    const kinds = s.lastKinds.join();
    const reversal =
      { 'high,low,high': 'W-bottom', 'low,high,low': 'M-top' }[kinds] ??
      (kinds.endsWith('low,high') ? 'V-bottom' : kinds.endsWith('high,low') ? 'V-top' : false);
    return {
      session_high: s.high,
      session_low: s.low,
      vwap: round(s.vwap, 6),
      previous_high: before.high,
      previous_low: before.low,
      count_up: s.countUp,
      count_down: s.countDown,
      coalesced: 1 + Math.floor(this.random() ** 3 * 6),
      percent_change: change,
      vwap_divergence: round((100 * (s.price - s.vwap)) / s.vwap, 6),
      rel_volume: rel,
      significance: round(
        Math.min(20 * Math.abs(change), 100) / 2 + Math.min(25 * rel, 100) / 2,
        6,
      ),
      reversal,
      trend_flag: this.random() < 0.2 ? 'up' : '',
      surge_flag: this.random() < 0.05 ? 'up' : '',
      cancelled: false,
    };
  }

  body(type, s, direction, data, evidence) {
    return {
      id: hex(this.random, 16),
      rev: 0,
      type,
      symbol: s.symbol,
      direction,
      price: s.price,
      ts: this.ns(this.clockMs),
      session: 'regular',
      source: type === 'valuation' ? 'fmv' : 'tick',
      confidence: 1,
      priority: type === 'control' ? 1 : type === 'high' || type === 'low' ? 2 : 3,
      volume: 100 * (1 + Math.floor(this.random() ** 4 * 80)),
      data,
      evidence,
    };
  }

  rare(events) {
    const any = this.book[Math.floor(this.random() * this.book.length)];
    const dice = this.random();
    const direction = this.random() < 0.5 ? 'up' : 'down';
    const sign = direction === 'up' ? 1 : -1;
    if (dice < 0.02) {
      const data = {
        magnitude: round(sign * (0.8 + this.random()), 6),
        score: round(55 + this.random() * 40, 6),
        surge_strength: 'moderate',
        trigger_type: 'price_and_volume',
        volume_multiplier: round(3 + this.random() * 4, 6),
      };
      events.push(this.body('surge', any, direction, data, {}));
    } else if (dice < 0.05) {
      const data = {
        trend_strength: 'weak',
        trend_score: round(sign * (0.05 + this.random() * 0.1), 6),
        trend_age: Math.floor(this.random() * 600),
        reversal: false,
      };
      events.push(this.body('trend', any, direction, data, {}));
    } else if (dice < 0.06) {
      const data = { deviation: round(sign * (1 + this.random() * 2), 6), signal: 'undervalued' };
      events.push(this.body('valuation', any, direction, data, {}));
    } else if (dice < 0.063) {
      const halt = this.body('control', any, null, { kind: 'halt', reason: 'LUDP' }, {});
      events.push({ ...halt, price: null, volume: null, confidence: null });
    } else if (dice < 0.075 && this.published.length > 0) {
      const old = this.published[Math.floor(this.random() * this.published.length)];
      if (old.rev === 0) {
        events.push({ ...old, rev: 1, data: { ...old.data, cancelled: true } });
      }
    }
  }
}
