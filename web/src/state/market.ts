import { list, millis, number, object, text } from '../stream/read';

/** /api/v1/market as the page uses it. */

export const listNames = ['highs', 'lows', 'surges', 'trends', 'relative_volume'] as const;
export type ListName = (typeof listNames)[number];

export interface MarketRow {
  symbol: string;
  count: number;
  price: number;
  /** Percent from the session's open; null = the open is not known. */
  percentChange: number | null;
  /** By the list: percent change, magnitude in percent, score, multiple. */
  value: number;
  direction: 'up' | 'down' | null;
  lastMs: number;
}

export interface Minute {
  /** Seconds since 1970. */
  t: number;
  highs: number;
  lows: number;
  surgesUp: number;
  surgesDown: number;
}

export interface Breadth {
  highs: number;
  lows: number;
  surgesUp: number;
  surgesDown: number;
  trendsUp: number;
  trendsDown: number;
  advancing: number;
  declining: number;
  unchanged: number;
  minutes: Minute[];
}

export interface Market {
  /** '' before the first event. */
  session: string;
  /** Null before the first event. */
  sinceMs: number | null;
  /** False: it begins later than the session. */
  complete: boolean;
  symbols: number;
  leaders: Record<ListName, MarketRow[]>;
  breadth: Breadth;
}

function readRow(value: unknown): MarketRow {
  const row = object(value);
  const direction = text(row.direction);
  return {
    symbol: text(row.symbol),
    count: number(row.count),
    price: number(row.price),
    percentChange:
      row.percent_change === null || row.percent_change === undefined
        ? null
        : number(row.percent_change),
    value: number(row.value),
    direction: direction === 'up' || direction === 'down' ? direction : null,
    lastMs: millis(row.last),
  };
}

function readMinute(value: unknown): Minute {
  const minute = object(value);
  return {
    t: number(minute.t),
    highs: number(minute.highs),
    lows: number(minute.lows),
    surgesUp: number(minute.surges_up),
    surgesDown: number(minute.surges_down),
  };
}

export function readMarket(json: unknown): Market {
  const market = object(json);
  const leaders = object(market.leaders);
  const breadth = object(market.breadth);
  const rows = (name: ListName): MarketRow[] => list(leaders[name]).map(readRow);
  return {
    session: text(market.session),
    sinceMs: market.since === null || market.since === undefined ? null : millis(market.since),
    complete: market.complete !== false,
    symbols: number(market.symbols),
    leaders: {
      highs: rows('highs'),
      lows: rows('lows'),
      surges: rows('surges'),
      trends: rows('trends'),
      relative_volume: rows('relative_volume'),
    },
    breadth: {
      highs: number(breadth.highs),
      lows: number(breadth.lows),
      surgesUp: number(breadth.surges_up),
      surgesDown: number(breadth.surges_down),
      trendsUp: number(breadth.trends_up),
      trendsDown: number(breadth.trends_down),
      advancing: number(breadth.advancing),
      declining: number(breadth.declining),
      unchanged: number(breadth.unchanged),
      minutes: list(breadth.minutes).map(readMinute),
    },
  };
}

/** Percent that `part` is of both; null when there is neither. */
export function share(part: number, other: number): number | null {
  return part + other === 0 ? null : (100 * part) / (part + other);
}

/** For each minute the percent of highs among the extremes of the `window` minutes up to it. */
export function rollingShare(minutes: readonly Minute[], window: number): (number | null)[] {
  let highs = 0;
  let lows = 0;
  return minutes.map((minute, i) => {
    const gone = minutes[i - window];
    highs += minute.highs - (gone?.highs ?? 0);
    lows += minute.lows - (gone?.lows ?? 0);
    return share(highs, lows);
  });
}
