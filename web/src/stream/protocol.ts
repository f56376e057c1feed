/**
 * Events as the page shows them, read by the client library (clients/js/src/events.ts) but with every
 * member that a type may have, each absent or null: a page must not fail on an event of a newer
 * server. Times are milliseconds since 1970; `raw` has the exact text.
 */

export type EventType = 'high' | 'low' | 'trend' | 'surge' | 'valuation' | 'rule' | 'control';
export type Direction = 'up' | 'down' | null;
export type TradingSession = 'pre' | 'regular' | 'after' | 'overnight' | 'closed';

/** A 64-bit integer: text where a double would round it (see json.ts). */
export type Integer = number | string;

export interface Evidence {
  trade_id?: string | null;
  source_sequence?: Integer | null;
  conditions?: number[] | null;
  exchange?: number | null;
  prior_extreme?: number | null;
  prior_extreme_ts?: number | null;
  thresholds?: Record<string, unknown> | null;
  rule_version?: string | null;
  corroborated_by?: string[] | null;
  suppressed?: string[] | null;
  rules?: { rule: string; action: string; field?: string; value?: number }[] | null;
  luld_band?: string | null;
  [key: string]: unknown;
}

/** What an event says; members that a type does not have are absent or null. */
export interface EventData {
  session_high?: number | null;
  session_low?: number | null;
  vwap?: number | null;
  previous_high?: number | null;
  previous_low?: number | null;
  count_up?: number | null;
  count_down?: number | null;
  coalesced?: number | null;
  percent_change?: number | null;
  vwap_divergence?: number | null;
  rel_volume?: number | null;
  significance?: number | null;
  reversal?: string | false | null;
  trend_flag?: string | null;
  surge_flag?: string | null;
  cancelled?: boolean | null;
  kind?: string | null;
  reason?: string | null;
  timeframe?: string | null;
  trend_strength?: string | null;
  trend_score?: number | null;
  trend_short_score?: number | null;
  trend_medium_score?: number | null;
  trend_long_score?: number | null;
  trend_vwap_position?: string | null;
  /** Seconds. */
  trend_age?: number | null;
  magnitude?: number | null;
  score?: number | null;
  surge_strength?: string | null;
  trigger_type?: string | null;
  volume_multiplier?: number | null;
  expiration?: number | null;
  daily_surge_count?: number | null;
  baseline?: number | null;
  signal?: string | null;
  fair_value?: number | null;
  reference?: number | null;
  deviation?: number | null;
  strength?: number | null;
  rule?: string | null;
  count?: number | null;
  [key: string]: unknown;
}

/** The deterministic part of an event. `id` and `rev` together name one version of it. */
export interface EventBody {
  id: string;
  rev: number;
  type: EventType;
  symbol: string;
  direction: Direction;
  price: number | null;
  ts: number;
  session: TradingSession;
  source: string;
  confidence: number | null;
  priority: number;
  volume: number | null;
  data: EventData;
  /** Control events have none. */
  evidence: Evidence | null;
}

/** An event with its place on the stream. */
export interface StreamEvent {
  offset: number;
  event: EventBody;
  /** The body as it was sent. */
  raw: string;
}

/** Offsets mean something only within their epoch. */
export interface Position {
  epoch: string;
  offset: number;
}

/** Why offsets are missing, and which; `to` is null when nobody knows how many there were. */
export interface Gap {
  epoch: string;
  from: number;
  to: number | null;
  reason: string;
}

/** Closes that the page answers with words of its own. */
export const closeCodes = { unauthorized: 3500, tooManyConnections: 3504 } as const;
