import { list, millis, number, object, text, type Json } from './read';

/** What did not get through, and why: trades, detections, and what a person should look at. */

export interface Alert {
  type: string;
  severity: string;
  message: string;
  /** Market time; 0 = not known. */
  timeMs: number;
}

/** A trade that the sanity guard held back. */
export interface QuarantinedTrade {
  symbol: string;
  timeMs: number;
  price: number;
  level: number;
  size: number;
  /** "29.1 % from 219.33, limit 20 %" */
  reason: string;
  /** A third trade agreed with it and became the new level. */
  laterAccepted: boolean;
}

/** A detection that became no event of its own. */
export interface SuppressedDetection {
  symbol: string;
  type: string;
  source: string;
  direction: string;
  price: number;
  timeMs: number;
  reason: string;
}

export interface UserRule {
  name: string;
  kind: string;
  acted: number;
  failed: number;
  disabledSymbols: number;
}

export interface HeldBack {
  alerts: Alert[];
  /** Newest first, as are the detections. */
  trades: QuarantinedTrade[];
  tradesTotal: number;
  detections: SuppressedDetection[];
  /** Told by another source too. */
  corroborated: number;
  /** Told otherwise, and lost. */
  superseded: number;
  rules: UserRule[];
}

function readAlert(value: unknown): Alert {
  const alert = object(value);
  return {
    type: text(alert.type),
    severity: text(alert.severity),
    message: text(alert.message),
    timeMs: millis(alert.raised),
  };
}

function readTrade(value: unknown): QuarantinedTrade {
  const trade = object(value);
  return {
    symbol: text(trade.symbol),
    timeMs: millis(trade.ts),
    price: number(trade.price),
    level: number(trade.level),
    size: number(trade.size),
    reason: text(trade.reason),
    laterAccepted: trade.outcome === 'third_accepted',
  };
}

function readDetection(value: unknown): SuppressedDetection {
  const detection = object(value);
  return {
    symbol: text(detection.symbol),
    type: text(detection.type),
    source: text(detection.source),
    direction: text(detection.direction),
    price: number(detection.price),
    timeMs: millis(detection.ts),
    reason: text(detection.reason),
  };
}

function readRule(value: unknown): UserRule {
  const rule = object(value);
  return {
    name: text(rule.name),
    kind: text(rule.kind),
    acted: number(rule.acted),
    failed: number(rule.failed),
    disabledSymbols: number(rule.disabled_symbols),
  };
}

export function readHeldBack(status: Json): HeldBack {
  const accounting = object(status.accounting);
  const dropped = (stage: string): Json => object(object(accounting[stage]).dropped);
  const trades = list(status.quarantine).map(readTrade).reverse();
  return {
    alerts: list(status.alerts).map(readAlert),
    trades,
    // The list has only the newest; the accounting has counted them all.
    tradesTotal: Math.max(number(dropped('intake').quarantined), trades.length),
    detections: list(status.suppressed).map(readDetection).reverse(),
    corroborated: number(dropped('coordination').corroboration),
    superseded: number(dropped('coordination').superseded),
    rules: list(status.rules).map(readRule),
  };
}
