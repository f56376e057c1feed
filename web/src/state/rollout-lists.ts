import { list, millis, number, object, text, type Json } from '../stream/read';

/** The lists of /api/v1/rollout: differences, incidents and the audit, newest first. */

/** An event of one path, its body as the stream would have it; null = it found none. */
export type Found = Json | null;

export interface Difference {
  number: number;
  /** "missing", "extra", "near"; of two configurations "only_a", "only_b". */
  kind: string;
  symbol: string;
  /** Market time. */
  clockMs: number;
  inCharge: boolean;
  late: boolean;
  left: Found;
  right: Found;
  /** What caused it; empty = not told. */
  record: string;
}

const found = (value: unknown): Found =>
  typeof value === 'object' && value !== null ? object(value) : null;

export function readDifference(value: unknown): Difference {
  const each = object(value);
  return {
    number: number(each.number),
    kind: text(each.kind),
    symbol: text(each.symbol),
    clockMs: millis(each.clock),
    inCharge: each.in_charge === true,
    late: each.late === true,
    left: found(each.linear ?? each.a),
    right: found(each.multi_channel ?? each.b),
    record: text(each.record),
  };
}

export interface Differences {
  total: number;
  shown: Difference[];
}

export function readDifferences(json: unknown): Differences {
  const answer = object(json);
  return { total: number(answer.total), shown: list(answer.differences).map(readDifference) };
}

export interface Incident {
  id: string;
  wallMs: number;
  by: string;
  cause: string;
  text: string;
  phase: number;
  percentage: number;
  symbols: number;
  errorRatePercent: number;
  meanMs: number;
  missing: number;
  lost: number;
  failures: number;
  requests: number;
  /** Null = it holds. */
  resolvedMs: number | null;
  resolvedBy: string;
}

export function readIncidents(json: unknown): Incident[] {
  return list(object(json).incidents).map((value) => {
    const each = object(value);
    const comparison = object(each.comparison);
    const paths = object(each.paths);
    return {
      id: text(each.id),
      wallMs: millis(each.wall),
      by: text(each.by),
      cause: text(each.cause),
      text: text(each.text),
      phase: number(each.phase),
      percentage: number(each.percentage),
      symbols: number(each.symbols),
      errorRatePercent: number(each.error_rate_percent),
      meanMs: number(each.mean_ms),
      missing: number(comparison.missing),
      lost: number(comparison.lost),
      failures: number(paths.channel_failures),
      requests: number(paths.channel_requests),
      resolvedMs: millis(each.resolved) || null,
      resolvedBy: text(each.resolved_by),
    };
  });
}

export interface AuditEntry {
  sequence: number;
  wallMs: number;
  by: string;
  kind: string;
  text: string;
  reason: string;
  phase: number;
  percentage: number;
}

export function readAudit(json: unknown): AuditEntry[] {
  return list(object(json).audit).map((value) => {
    const each = object(value);
    return {
      sequence: number(each.sequence),
      wallMs: millis(each.wall),
      by: text(each.by),
      kind: text(each.kind),
      text: text(each.text),
      reason: text(each.reason),
      phase: number(each.phase),
      percentage: number(each.percentage),
    };
  });
}

/** One member of two bodies, by its path: "evidence.thresholds.min_price_change". */
export interface Side {
  name: string;
  left: string | null;
  right: string | null;
  differs: boolean;
}

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, each] of Object.entries(value)) {
      flatten(each, name === '' ? key : `${name}.${key}`, into);
    }
  } else {
    into.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** All members of both, those that differ first; each group in the bodies' own order. */
export function sideBySide(left: Found, right: Found): Side[] {
  const [a, b] = [new Map<string, string>(), new Map<string, string>()];
  if (left !== null) {
    flatten(left, '', a);
  }
  if (right !== null) {
    flatten(right, '', b);
  }
  const isPair = left !== null && right !== null;
  const sides = [...new Set([...a.keys(), ...b.keys()])].map((name) => ({
    name,
    left: a.get(name) ?? null,
    right: b.get(name) ?? null,
    differs: isPair && a.get(name) !== b.get(name),
  }));
  return [...sides.filter((side) => side.differs), ...sides.filter((side) => !side.differs)];
}
