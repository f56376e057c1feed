/**
 * The events as TickStock publishes them, member by member (docs/reference/protocol.md, "The
 * event's body"). Times are milliseconds since 1970-01-01 UTC, rounded down; the member with `_raw`
 * beside each is the exact text in nanoseconds, for `BigInt(event.ts_raw)`.
 */

export type EventType = 'trend' | 'surge' | 'high' | 'low' | 'valuation' | 'rule' | 'control';
export type Direction = 'up' | 'down';
export type Session = 'pre' | 'regular' | 'after' | 'overnight' | 'closed';
export type Source = 'tick' | 'websocket' | 'ohlcv' | 'fmv' | 'channel';
export type Timeframe = '1m' | '5m' | '15m' | '1h' | '1d';
export type Strength = 'weak' | 'moderate' | 'strong';
type Flag = Direction | '';

/** Of highs and lows that trades made. Prices in USD. */
export interface HighLowData {
  session_high: number;
  session_low: number;
  /** Of the session; null before any volume. */
  vwap: number | null;
  previous_high: number;
  previous_low: number;
  count_up: number;
  count_down: number;
  coalesced: number;
  /** Percent of the price since the session's open. */
  percent_change: number;
  /** Percent of the VWAP. */
  vwap_divergence: number | null;
  rel_volume: number;
  /** 0–100. */
  significance: number;
  reversal: 'W-bottom' | 'M-top' | 'V-bottom' | 'V-top' | false;
  trend_flag: Flag;
  surge_flag: Flag;
  /** True in a revision that takes the event back. */
  cancelled: boolean;
}

/** Of trends that trades made. Scores from −1 to 1, positive is up. */
export interface TrendData {
  trend_strength: Strength;
  trend_score: number;
  trend_short_score: number;
  trend_medium_score: number;
  trend_long_score: number;
  trend_vwap_position: 'above' | 'below' | 'unknown';
  /** Seconds since the event that set the direction. */
  trend_age: number;
  reversal: 'up-now-down' | 'down-now-up' | false;
  count_up: number;
  count_down: number;
}

/** Of surges that trades made. */
export interface SurgeData {
  /** Percent against `baseline`, signed. */
  magnitude: number;
  /** 0–100. */
  score: number;
  surge_strength: Strength;
  trigger_type: 'price_and_volume' | 'price' | 'volume' | 'price_driven' | 'volume_driven';
  volume_multiplier: number;
  /** Milliseconds. */
  expiration: number;
  /** The same in nanoseconds. */
  expiration_raw: string;
  daily_surge_count: number;
  baseline: number;
  description: string;
}

/** Of events that a bar made (source `ohlcv`), whatever their type. */
export interface BarData {
  timeframe: Timeframe;
  /** Open to close. */
  percent_change: number;
  volume_multiplier: number;
}

export interface ValuationData {
  signal: 'undervalued' | 'overvalued';
  fair_value: number;
  reference: number;
  /** Percent of the reference. */
  deviation: number;
  /** 0–1. */
  strength: number;
}

export interface RuleData {
  rule: string;
  count: number;
}

export interface ControlData {
  kind: 'halt' | 'resume' | 'source_gap' | 'source_recovered';
  reason: string | null;
  /** Of gaps: the interval, ns; the raw text of the event has all digits. */
  from: number | null;
  to: number | null;
}

export interface RuleMark {
  rule: string;
  action: 'passed' | 'transformed' | 'enriched';
  field?: string;
  value?: number;
}

/** Why the event may be believed. */
export interface Evidence {
  trade_id: string | null;
  source_sequence: number | null;
  exchange: number | null;
  conditions: number[];
  luld_band: 'upper' | 'lower' | null;
  prior_extreme: number | null;
  /** Milliseconds. */
  prior_extreme_ts: number | null;
  /** The same in nanoseconds. */
  prior_extreme_ts_raw: string | null;
  /** Each limit by its setting's name, then `period` and `origin`. */
  thresholds: {
    [limit: string]: number | string;
    period: string;
    origin: 'default' | 'configured';
  };
  rule_version: string;
  corroborated_by: Source[];
  suppressed: Source[];
  rules: RuleMark[];
}

interface Common {
  /** 16 hex digits: what the event is about. The same input gives the same id. */
  id: string;
  /** 0, then 1, 2, … when corrected: the higher one replaces the lower. */
  rev: number;
  symbol: string;
  session: Session;
  /** 0–1. */
  confidence: number;
  /** Class, 1 goes first, to 4. */
  priority: number;
  /** Milliseconds, rounded down. */
  ts: number;
  /** Nanoseconds, exact. */
  ts_raw: string;
}

interface Priced extends Common {
  /** USD. The nearest double; `item.text('price')` is the exact decimal. */
  price: number;
  evidence: Evidence;
}

type TradeSource = Exclude<Source, 'ohlcv'>;

export interface HighLowEvent extends Priced {
  type: 'high' | 'low';
  source: TradeSource;
  direction: Direction;
  /** Shares. */
  volume: number;
  data: HighLowData;
}

export interface TrendEvent extends Priced {
  type: 'trend';
  source: TradeSource;
  direction: Direction;
  volume: number;
  data: TrendData;
}

export interface SurgeEvent extends Priced {
  type: 'surge';
  source: TradeSource;
  direction: Direction;
  volume: number;
  data: SurgeData;
}

/** See isBarEvent. */
export interface BarEvent extends Priced {
  type: 'high' | 'low' | 'surge' | 'trend';
  source: 'ohlcv';
  direction: Direction;
  volume: number;
  data: BarData;
}

export interface ValuationEvent extends Priced {
  type: 'valuation';
  source: Source;
  direction: Direction;
  volume: null;
  data: ValuationData;
}

/** A rule of the operator's. */
export interface RuleEvent extends Priced {
  type: 'rule';
  source: Source;
  direction: Direction | null;
  volume: number;
  data: RuleData;
}

/** Halts and gaps of sources; symbol `""` concerns the whole feed. */
export interface ControlEvent extends Common {
  type: 'control';
  source: Source;
  direction: null;
  price: null;
  volume: null;
  data: ControlData;
  evidence: null;
}

export type TickStockEvent =
  HighLowEvent | TrendEvent | SurgeEvent | BarEvent | ValuationEvent | RuleEvent | ControlEvent;

/** Whether a bar made the event: then `event.data` is BarData, whatever the type. */
export function isBarEvent(event: TickStockEvent): event is BarEvent {
  return event.source === 'ohlcv' && /^(high|low|surge|trend)$/.test(event.type);
}
