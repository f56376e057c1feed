import { list, millis, number, object, text } from '../stream/read';

/** /api/v1/symbols/{symbol}/candles as the page uses it. */

export interface Candle {
  /** Seconds since 1970 at which it begins. */
  t: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Shares. */
  volume: number;
  trades: number;
  /** Of its own trades; null without volume. */
  vwap: number | null;
}

/** The trading session at hand. */
export interface SessionFigures {
  session: string;
  open: number;
  high: number;
  low: number;
  last: number;
  volume: number;
  vwap: number | null;
  sinceMs: number;
}

export interface Candles {
  symbol: string;
  intervalSeconds: number;
  /** Before this, trades may be missing; null = nothing is known to be. */
  completeFromMs: number | null;
  throughMs: number;
  candles: Candle[];
  session: SessionFigures | null;
}

/** Interval in seconds and its name. */
export const intervals: readonly (readonly [seconds: number, name: string])[] = [
  [1, '1 s'],
  [5, '5 s'],
  [15, '15 s'],
  [60, '1 min'],
  [300, '5 min'],
  [3600, '1 h'],
];

const amount = (value: unknown): number | null =>
  value === null || value === undefined ? null : number(value);

function readCandle(value: unknown): Candle {
  const candle = object(value);
  return {
    t: number(candle.t),
    open: number(candle.o),
    high: number(candle.h),
    low: number(candle.l),
    close: number(candle.c),
    volume: number(candle.v),
    trades: number(candle.n),
    vwap: amount(candle.vwap),
  };
}

function readSession(value: unknown): SessionFigures | null {
  if (value === null || value === undefined) {
    return null;
  }
  const session = object(value);
  return {
    session: text(session.session),
    open: number(session.open),
    high: number(session.high),
    low: number(session.low),
    last: number(session.last),
    volume: number(session.volume),
    vwap: amount(session.vwap),
    sinceMs: millis(session.since),
  };
}

export function readCandles(json: unknown): Candles {
  const answer = object(json);
  return {
    symbol: text(answer.symbol),
    intervalSeconds: number(answer.interval_seconds),
    completeFromMs:
      answer.complete_from === null || answer.complete_from === undefined
        ? null
        : millis(answer.complete_from),
    throughMs: millis(answer.through),
    candles: list(answer.candles).map(readCandle),
    session: readSession(answer.session),
  };
}

/** What was known and what an answer says: the answer's where both tell, the newest `limit`. */
export function mergeCandles(
  known: readonly Candle[],
  next: readonly Candle[],
  limit: number,
): Candle[] {
  const first = next[0];
  if (first === undefined) {
    return known.slice(-limit);
  }
  return [...known.filter((candle) => candle.t < first.t), ...next].slice(-limit);
}

/**
 * The session's VWAP as of the end of each candle. It is reckoned backwards from what the session's
 * is now, so that it is exact although the candles may not reach back to the session's beginning.
 * Null where a candle is of another session, or where the sums do not go back so far.
 */
export function sessionVwap(
  candles: readonly Candle[],
  session: SessionFigures | null,
): (number | null)[] {
  const line = new Array<number | null>(candles.length).fill(null);
  if (session === null || session.vwap === null || session.volume <= 0) {
    return line;
  }
  let volume = session.volume;
  let money = session.vwap * session.volume;
  for (let i = candles.length - 1; i >= 0; --i) {
    const candle = candles[i];
    if (candle === undefined || candle.t * 1000 < session.sinceMs || volume <= 0) {
      break;
    }
    const value = money / volume;
    if (value < session.low || value > session.high) {
      break; // the candles hold more than the session's figures, or the sums have run out
    }
    line[i] = value;
    volume -= candle.volume;
    money -= candle.volume * (candle.vwap ?? candle.close);
  }
  return line;
}

/** Which candles of `after` a chart has to be told: from here on; −1 = all anew. */
export function changedFrom(before: readonly Candle[], after: readonly Candle[]): number {
  // A chart takes changes of its newest candle and candles behind it, nothing else.
  const last = before.length - 1;
  if (last < 0 || before[0]?.t !== after[0]?.t || after.length < before.length) {
    return -1;
  }
  for (let i = 0; i < last; ++i) {
    if (!same(before[i], after[i])) {
      return -1;
    }
  }
  return before[last]?.t === after[last]?.t ? last : -1;
}

const same = (a: Candle | undefined, b: Candle | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.t === b.t &&
  a.close === b.close &&
  a.volume === b.volume &&
  a.high === b.high &&
  a.low === b.low &&
  a.open === b.open;
