import type { BackoffOptions } from './backoff.js';
import type { Direction, EventType, Source, Strength } from './events.js';
import type { Position } from './items.js';
import type { Timers } from './timers.js';
import type { Since } from './tracker.js';
import type { WebSocketClass } from './transport/websocket.js';

/** A value, or what gives a fresh one whenever it is needed. */
export type Provider = string | (() => string | Promise<string>);

export interface ClientOptions {
  /** `http://host:8080` (https, ws, wss likewise), with the path that the server stands under. */
  url: string | URL;
  /** JWT or API key; a function is asked again before the old one expires. */
  token?: Provider;
  /** Instead of a token: single-use tickets for pages, from `POST /api/v1/ticket`. */
  ticket?: () => string | Promise<string>;
  /** What `client.positions()` gave before a reload: subscriptions of these ids resume there. */
  positions?: Record<string, Position>;
  /** Waits between attempts to connect. */
  reconnect?: BackoffOptions;
  /** The server's heartbeat interval (2,000 ms); without a frame for three the line is dead. */
  heartbeatMs?: number;
  /** An attempt to connect and authenticate may take this long (15,000 ms). */
  connectTimeoutMs?: number;
  /** An HTTP request may take this long (10,000 ms). */
  requestTimeoutMs?: number;
  /** Instead of the global one; see also `nodeWebSocket` of `@tickstock/client/node`. */
  WebSocket?: WebSocketClass;
  fetch?: typeof fetch;
  timers?: Timers;
  /** From 0 to below 1, for the waits. */
  random?: () => number;
}

/** A number, or its text where a double is not exact enough. */
type Amount = number | string;

/** Restrictions, all of which must hold; members as in docs/reference/protocol.md. */
export interface Filter {
  directions?: Direction[];
  sources?: Source[];
  min_score?: Amount;
  min_strength?: Strength;
  /** Percent, of surges. */
  min_magnitude?: Amount;
  min_count?: Amount;
  /** USD, inclusive. */
  min_price?: Amount;
  max_price?: Amount;
  /** Shares. */
  min_volume?: Amount;
  /** Seconds. */
  min_trend_age?: Amount;
  max_trend_age?: Amount;
  vwap_position?: ('above' | 'below' | 'unknown')[];
}

export interface Selection {
  /** All when absent or empty, here and below. */
  symbols?: string[];
  /** Named symbol sets of the server or the user. */
  universes?: string[];
  types?: EventType[];
  filter?: Filter;
}

export interface SubscribeOptions extends Selection {
  /** Names the subscription in `client.positions()`; default `tape-1`, `tape-2`, … */
  id?: string;
  /** Where to begin when no position is known: `now` by default. */
  since?: Since;
  /** At most one batch per interval; 0: as soon as possible. */
  intervalMs?: number;
  /** With an interval: only the latest event per (symbol, type) of each. */
  conflate?: boolean;
  /** Iteration: so many events may wait before the server is asked to stop (10,000). */
  maxBuffered?: number;
  /** Events remembered by id, to hold back what comes again after a restart (65,536). */
  rememberIds?: number;
}
